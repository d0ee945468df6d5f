using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Duplicates;

/// <summary>Messages that came twice, for a person to say whether the second is a matter of its own.</summary>
internal static class ListSuspectedDuplicates
{
    /// <param name="Id">Of the second message.</param>
    /// <param name="CaseNumber">The case that it stands in now.</param>
    /// <param name="Keyword">Null in the secretariat's tray.</param>
    /// <param name="ReceivedAt">When the second came.</param>
    /// <param name="OriginalId">Of the first message.</param>
    /// <param name="OriginalReceivedAt">When the first came.</param>
    /// <param name="Text">What both say.</param>
    /// <param name="SenderMasked">The number with its middle hidden.</param>
    /// <param name="Verdict">Duplicate or OwnMatter; null while nobody has decided.</param>
    /// <param name="DecidedAt">When somebody did.</param>
    public sealed record Item(
        Guid Id, long CaseNumber, string? Keyword, DateTimeOffset ReceivedAt, Guid OriginalId, DateTimeOffset OriginalReceivedAt, string Text, string SenderMasked,
        DuplicateVerdict? Verdict, DateTimeOffset? DecidedAt);

    public static void Map(RouteGroupBuilder duplicates) => duplicates.MapGet("/", Handle)
        .WithName(nameof(ListSuspectedDuplicates)).WithSummary("Messages that came twice, newest first; those that nobody has judged, or the others")
        .RequirePermission(Permissions.ReadMessages).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        bool? decided, [StringLength(64)] string? cursor, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var suspects = decided is true ? db.SuspectedDuplicates.Where(s => s.Verdict != null) : db.SuspectedDuplicates.Where(s => s.Verdict == null);
        var rows = await (
            from suspect in suspects
            join member in db.CaseMessages on suspect.MessageId equals member.MessageId
            join c in db.ReadableBy(user, clock.GetUtcNow()) on member.CaseId equals c.Id
            join content in db.Contents on suspect.MessageId equals content.MessageId
            join original in db.Messages on suspect.OriginalId equals original.Id
            where suspect.FoundAt < before || (suspect.FoundAt == before && suspect.MessageId.CompareTo(beforeId) < 0)
            orderby suspect.FoundAt descending, suspect.MessageId descending
            select new { Suspect = suspect, c.Number, c.Keyword, member.ReceivedAt, OriginalReceivedAt = original.ReceivedAt, content.Text, content.Sender })
            .AsNoTracking().Take(Paging.PageSize + 1).ToListAsync(stop);
        var page = Paging.PageOf(rows, last => Paging.Cursor(last.Suspect.FoundAt, last.Suspect.MessageId));
        return TypedResults.Ok(new Page<Item>([.. page.Items.Select(row => new Item(row.Suspect.MessageId, row.Number, row.Keyword, row.ReceivedAt, row.Suspect.OriginalId,
            row.OriginalReceivedAt, row.Text, PhoneNumber.Mask(row.Sender), row.Suspect.Verdict, row.Suspect.DecidedAt))], page.Next));
    }
}
