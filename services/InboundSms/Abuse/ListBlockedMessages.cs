using System.ComponentModel.DataAnnotations;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Abuse;

/// <summary>The tray of what blocked senders wrote, newest first: muted is not dropped, a person can look and let through.</summary>
internal static class ListBlockedMessages
{
    /// <param name="Id">Of the message.</param>
    /// <param name="ReceivedAt">Our durable receipt.</param>
    /// <param name="Text">As sent.</param>
    /// <param name="SenderMasked">The number with its middle hidden.</param>
    /// <param name="BlockId">What held it back.</param>
    public sealed record Item(Guid Id, DateTimeOffset ReceivedAt, string Text, string SenderMasked, Guid BlockId);

    public static void Map(RouteGroupBuilder blocked) => blocked.MapGet("/blocked-messages", Handle)
        .WithName(nameof(ListBlockedMessages)).WithSummary("What muted senders wrote, newest first").RequirePermission(Permissions.BlockSenders).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        [StringLength(64)] string? cursor, InboundSmsDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await (
            from muted in db.BlockedMessages
            join content in db.Contents on muted.MessageId equals content.MessageId
            where muted.ReleasedAt == null && (muted.ReceivedAt < before || (muted.ReceivedAt == before && muted.MessageId.CompareTo(beforeId) < 0))
            orderby muted.ReceivedAt descending, muted.MessageId descending
            select new { Muted = muted, content.Text, content.Sender }).AsNoTracking().Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(
            rows.ConvertAll(row => new Item(row.Muted.MessageId, row.Muted.ReceivedAt, row.Text, PhoneNumber.Mask(row.Sender), row.Muted.BlockId)),
            last => Paging.Cursor(last.ReceivedAt, last.Id)));
    }
}
