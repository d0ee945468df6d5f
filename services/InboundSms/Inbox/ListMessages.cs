using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Answering;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Inbox;

/// <summary>The caller's inbox, newest first (BJN 12(3), 12(4)).</summary>
internal static class ListMessages
{
    /// <param name="Id">Message.</param>
    /// <param name="CaseNumber">Told to people.</param>
    /// <param name="Channel">SMS, web form or call centre.</param>
    /// <param name="ReceivedAt">Our durable receipt; the legal clock starts here.</param>
    /// <param name="DueAt">When the answer is due.</param>
    /// <param name="Keyword">Null in the secretariat's tray.</param>
    /// <param name="Text">The citizen's words, unaltered.</param>
    /// <param name="SenderMasked">The number with its middle hidden.</param>
    /// <param name="CanBeAnswered">An SMS can reach this sender, or he has a receipt code to read the answer.</param>
    /// <param name="Status">Of the case.</param>
    /// <param name="IsOverdue">Late and not answered.</param>
    /// <param name="Class">News, Complaint, Criticism, Question or Proposal (BJN 10(1)); null while nobody has said it.</param>
    /// <param name="Priority">Normal or Emergency.</param>
    /// <param name="SuggestedKeyword">Whom a message of the tray probably meant.</param>
    public sealed record Item(
        Guid Id, long CaseNumber, CaseChannel Channel, DateTimeOffset ReceivedAt, DateTimeOffset DueAt, string? Keyword, string Text, string SenderMasked, bool CanBeAnswered,
        CaseStatus Status, bool IsOverdue, MessageClass? Class, Priority Priority, string? SuggestedKeyword);

    public static void Map(RouteGroupBuilder messages) => messages.MapGet("/", Handle)
        .WithName(nameof(ListMessages)).WithSummary("The caller's inbox, newest first; the secretariat sees all").RequirePermission(Permissions.ReadMessages).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        [StringLength(20)] string? status, [StringLength(16), RegularExpression("^[A-Za-z0-9]*$")] string? keyword, bool? overdue, [StringLength(64)] string? cursor, ClaimsPrincipal user, InboundSmsDb db,
        TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        CaseStatus? wanted = null;
        if (!string.IsNullOrEmpty(status))
        {
            if (!Enum.TryParse<CaseStatus>(status, ignoreCase: true, out var parsed) || !status.All(char.IsAsciiLetter))
                return Problems.Invalid(nameof(status), "case-status");
            wanted = parsed;
        }

        var now = clock.GetUtcNow();
        var cases = db.ReadableBy(user, now);
        if (wanted is not null)
            cases = cases.Where(c => c.Status == wanted);
        if (keyword?.ToUpperInvariant() is { Length: > 0 } only)
            cases = cases.Where(c => c.Keyword == only);
        if (overdue is true)
            cases = cases.Where(c => c.AnsweredAt == null && c.DueAt < now && c.Status != CaseStatus.SetAside);

        var rows = await (
            from c in cases
            join member in db.CaseMessages on c.Id equals member.CaseId
            join content in db.Contents on member.MessageId equals content.MessageId
            where member.ReceivedAt < before || (member.ReceivedAt == before && member.MessageId.CompareTo(beforeId) < 0)
            orderby member.ReceivedAt descending, member.MessageId descending
            select new { Case = c, member.MessageId, member.ReceivedAt, content.Text, content.Sender, content.SenderKind })
            .AsNoTracking().Take(Paging.PageSize + 1).ToListAsync(stop);
        var items = rows.ConvertAll(row => new Item(row.MessageId, row.Case.Number, row.Case.Channel, row.ReceivedAt, row.Case.DueAt, row.Case.Keyword, row.Text,
            PhoneNumber.Mask(row.Sender), AnswerWays.Of(row.Case.Channel, row.SenderKind) is not null, row.Case.Status, row.Case.IsOverdue(now),
            row.Case.Class, row.Case.Priority, row.Case.SuggestedKeyword));
        return TypedResults.Ok(Paging.PageOf(items, last => Paging.Cursor(last.ReceivedAt, last.Id)));
    }
}
