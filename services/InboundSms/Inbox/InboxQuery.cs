using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>In which order an inbox is read.</summary>
public enum InboxSort
{
    /// <summary>The latest case first.</summary>
    Newest,
    /// <summary>What waits for an answer: emergencies, then the earliest due first. What is answered is not urgent and not in it.</summary>
    Urgent,
}

/// <summary>What to look for; null is everything.</summary>
internal sealed record InboxCriteria(
    CaseStatus? Status, MessageClass? Class, Priority? Priority, CaseChannel? Channel, string? Keyword, string? Words, long? CaseNumber, Guid? Unit, Guid? Handler, bool Overdue, DateTimeOffset? From, DateTimeOffset? To,
    InboxSort Sort);

/// <summary>
/// One page of an inbox, whoever asks and whatever for. For each position that the caller reads the index gives its first page, and the first page of those together
/// is the answer: what a page costs does not grow with what has been received since the service began.
/// </summary>
internal static class InboxQuery
{
    private static readonly TimeSpan Emergencies = TimeSpan.FromDays(365_000);

    public static IQueryable<SmsCase> Page(
        this InboundSmsDb db, ClaimsPrincipal user, InboxCriteria criteria, (DateTimeOffset Time, Guid Id)? after, DateTimeOffset now)
    {
        var readsAll = Permissions.ReadAllMessages.IsGivenTo(user);
        var isWhole = readsAll && criteria.Unit is null;
        var matching = Matching(db, criteria, isWhole, now);
        var (time, id) = after ?? default;
        matching = (after, criteria.Sort, IsOfEmergency(time)) switch
        {
            (null, _, _) => matching,
            (_, InboxSort.Newest, _) => matching.Where(c => c.ReceivedAt < time || (c.ReceivedAt == time && c.FirstMessageId.CompareTo(id) < 0)),
            (_, _, false) => matching.Where(c => c.Priority == Priority.Normal && c.DueAt >= time && (c.DueAt > time || c.FirstMessageId.CompareTo(id) > 0)),
            _ => AfterEmergency(matching, time + Emergencies, id),
        };
        var positions = readsAll ? db.Positions : db.PositionsReadBy(user, now);
        if (criteria.Unit is { } root)
        {
            var below = db.UnitAndBelow(root);
            positions = positions.Where(position => below.Any(unit => unit.UnitId == position.UnitId));
        }

        // That a version is not negative holds always. With the position's id alone EF Core makes row numbers over all cases of all positions out of the lateral join.
        // By the names of priorities, as they are stored: Emergency comes before Normal.
        return criteria.Sort == InboxSort.Urgent
            ? (isWhole ? matching : positions.SelectMany(position => matching
                .Where(c => c.PositionId == position.Id && position.Version >= 0).OrderBy(c => c.Priority).ThenBy(c => c.DueAt).ThenBy(c => c.FirstMessageId).Take(Paging.PageSize + 1)))
                .OrderBy(c => c.Priority).ThenBy(c => c.DueAt).ThenBy(c => c.FirstMessageId).Take(Paging.PageSize + 1)
            : (isWhole ? matching : positions.SelectMany(position => matching
                .Where(c => c.PositionId == position.Id && position.Version >= 0).OrderByDescending(c => c.ReceivedAt).ThenByDescending(c => c.FirstMessageId).Take(Paging.PageSize + 1)))
                .OrderByDescending(c => c.ReceivedAt).ThenByDescending(c => c.FirstMessageId).Take(Paging.PageSize + 1);
    }

    /// <summary>Where the next page begins. An emergency stands in it with a time long past: before everything else.</summary>
    public static string CursorOf(InboxItem last, InboxSort sort) => Paging.Cursor(
        sort == InboxSort.Newest ? last.ReceivedAt : last.Priority == Priority.Emergency ? last.DueAt - Emergencies : last.DueAt, last.Id);

    private static bool IsOfEmergency(DateTimeOffset time) => time.Year < 1800;

    private static IQueryable<SmsCase> AfterEmergency(IQueryable<SmsCase> matching, DateTimeOffset due, Guid id) =>
        matching.Where(c => c.Priority != Priority.Emergency || c.DueAt > due || (c.DueAt == due && c.FirstMessageId.CompareTo(id) > 0));

    private static IQueryable<SmsCase> Matching(InboundSmsDb db, InboxCriteria criteria, bool isWhole, DateTimeOffset now)
    {
        var cases = db.Cases.AsQueryable();
        if (criteria.Words is { } words)
        {
            var spoken = db.CaseWords.Where(w => w.Words.Matches(EF.Functions.WebSearchToTsQuery("indonesian", words)));
            cases = isWhole ? cases.Where(c => spoken.Any(w => w.CaseId == c.Id)) : cases.Where(c => spoken.Any(w => w.CaseId == c.Id && w.PositionId == c.PositionId));
        }

        if (criteria.Status is { } status)
            cases = cases.Where(c => c.Status == status);
        if (criteria.Class is { } said)
            cases = cases.Where(c => c.Class == said);
        if (criteria.Priority is { } priority)
            cases = cases.Where(c => c.Priority == priority);
        if (criteria.Channel is { } channel)
            cases = cases.Where(c => c.Channel == channel);
        if (criteria.Keyword is { } keyword)
            cases = cases.Where(c => c.Keyword == keyword);
        if (criteria.CaseNumber is { } number)
            cases = cases.Where(c => c.Number == number);
        if (criteria.Handler is { } handler)
            cases = cases.Where(c => c.HandlerId == handler);
        if (criteria.From is { } from)
            cases = cases.Where(c => c.ReceivedAt >= from);
        if (criteria.To is { } to)
            cases = cases.Where(c => c.ReceivedAt < to);
        // Written out, so that the database sees that the partial indexes hold it.
        if (criteria.Overdue || criteria.Sort == InboxSort.Urgent)
            cases = cases.Where(c => c.Status == CaseStatus.Unassigned || c.Status == CaseStatus.Open || c.Status == CaseStatus.AnswerFailed);
        return criteria.Overdue ? cases.Where(c => c.AnsweredAt == null && c.DueAt < now) : cases;
    }
}
