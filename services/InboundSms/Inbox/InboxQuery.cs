using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.DirectoryCopy;
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

    /// <summary>Without words; those of words <see cref="InboxWords"/> finds.</summary>
    public static IQueryable<SmsCase> Page(
        this InboundSmsDb db, ClaimsPrincipal user, InboxCriteria criteria, (DateTimeOffset Time, Guid Id)? after, DateTimeOffset now) =>
        db.First(db.PositionsAsked(user, criteria, now), criteria, after, now, Paging.PageSize + 1, Paging.PageSize + 1);

    /// <summary>Whose cases are asked for; null: everybody's, and the tray's.</summary>
    public static IQueryable<Position>? PositionsAsked(this InboundSmsDb db, ClaimsPrincipal user, InboxCriteria criteria, DateTimeOffset now)
    {
        var readsAll = Permissions.ReadAllMessages.IsGivenTo(user);
        if (readsAll && criteria.Unit is null)
            return null;
        var positions = readsAll ? db.Positions : db.PositionsReadBy(user, now);
        if (criteria.Unit is not { } root)
            return positions;
        var below = db.UnitAndBelow(root);
        return positions.Where(position => below.Any(unit => unit.UnitId == position.UnitId));
    }

    /// <summary>The first of each position, and of those the first.</summary>
    public static IQueryable<SmsCase> First(
        this InboundSmsDb db, IQueryable<Position>? positions, InboxCriteria criteria, (DateTimeOffset Time, Guid Id)? after, DateTimeOffset now, int each, int together)
    {
        var matching = Matching(db, criteria, after, now);
        // That a version is not negative holds always. With the position's id alone EF Core makes row numbers over all cases of all positions out of the lateral join.
        // By the names of priorities, as they are stored: Emergency comes before Normal.
        return InOrder(
            positions is null ? matching
            : criteria.Sort == InboxSort.Urgent ? positions.SelectMany(position => matching
                .Where(c => c.PositionId == position.Id && position.Version >= 0).OrderBy(c => c.Priority).ThenBy(c => c.DueAt).ThenBy(c => c.FirstMessageId).Take(each))
            : positions.SelectMany(position => matching
                .Where(c => c.PositionId == position.Id && position.Version >= 0).OrderByDescending(c => c.ReceivedAt).ThenByDescending(c => c.FirstMessageId).Take(each)),
            criteria.Sort).Take(together);
    }

    /// <summary>The first of these cases, which the caller may read.</summary>
    public static IQueryable<SmsCase> Among(
        this InboundSmsDb db, IReadOnlyCollection<Guid> cases, InboxCriteria criteria, (DateTimeOffset Time, Guid Id)? after, DateTimeOffset now) =>
        InOrder(Matching(db, criteria, after, now).Where(c => cases.Contains(c.Id)), criteria.Sort).Take(Paging.PageSize + 1);

    /// <summary>Place of a case in an order. An emergency stands in it with a time long past: before everything else.</summary>
    public static (DateTimeOffset Time, Guid Id) PlaceOf(InboxSort sort, DateTimeOffset receivedAt, DateTimeOffset dueAt, Priority priority, Guid id) =>
        (sort == InboxSort.Newest ? receivedAt : priority == Priority.Emergency ? dueAt - Emergencies : dueAt, id);

    public static string CursorOf((DateTimeOffset Time, Guid Id) place) => Paging.Cursor(place.Time, place.Id);

    private static bool IsOfEmergency(DateTimeOffset time) => time.Year < 1800;

    private static IOrderedQueryable<SmsCase> InOrder(IQueryable<SmsCase> cases, InboxSort sort) => sort == InboxSort.Urgent
        ? cases.OrderBy(c => c.Priority).ThenBy(c => c.DueAt).ThenBy(c => c.FirstMessageId)
        : cases.OrderByDescending(c => c.ReceivedAt).ThenByDescending(c => c.FirstMessageId);

    private static IQueryable<SmsCase> After(IQueryable<SmsCase> cases, InboxSort sort, DateTimeOffset time, Guid id) => (sort, IsOfEmergency(time)) switch
    {
        (InboxSort.Newest, _) => cases.Where(c => c.ReceivedAt < time || (c.ReceivedAt == time && c.FirstMessageId.CompareTo(id) < 0)),
        (_, false) => cases.Where(c => c.Priority == Priority.Normal && c.DueAt >= time && (c.DueAt > time || c.FirstMessageId.CompareTo(id) > 0)),
        _ => AfterEmergency(cases, time + Emergencies, id),
    };

    private static IQueryable<SmsCase> AfterEmergency(IQueryable<SmsCase> matching, DateTimeOffset due, Guid id) =>
        matching.Where(c => c.Priority != Priority.Emergency || c.DueAt > due || (c.DueAt == due && c.FirstMessageId.CompareTo(id) > 0));

    private static IQueryable<SmsCase> Matching(InboundSmsDb db, InboxCriteria criteria, (DateTimeOffset Time, Guid Id)? after, DateTimeOffset now)
    {
        var cases = after is var (time, id) ? After(db.Cases, criteria.Sort, time, id) : db.Cases;
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
