using System.ComponentModel.DataAnnotations;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Abuse;

/// <summary>Who is muted, newest first, and who was.</summary>
internal static class ListBlockedSenders
{
    /// <param name="Id">Of the block.</param>
    /// <param name="SenderMasked">The number with its middle hidden.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="MessageId">The message that it was decided on.</param>
    /// <param name="BlockedBy">Account.</param>
    /// <param name="BlockedAt">Since when.</param>
    /// <param name="ExpiresAt">When it ends by itself.</param>
    /// <param name="LiftedAt">When it ended before its time, or made room for a newer one.</param>
    /// <param name="LiftedBy">Account, or <c>system</c>.</param>
    /// <param name="LiftReason">Why it was ended.</param>
    /// <param name="IsActive">It holds now.</param>
    /// <param name="Held">Messages that it held back.</param>
    public sealed record Item(
        Guid Id, string SenderMasked, string Reason, Guid MessageId, string BlockedBy, DateTimeOffset BlockedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LiftedAt,
        string? LiftedBy, string? LiftReason, bool IsActive, int Held);

    public static void Map(RouteGroupBuilder blocked) => blocked.MapGet("/blocked-senders", Handle)
        .WithName(nameof(ListBlockedSenders)).WithSummary("Muted senders, newest first; numbers masked").RequirePermission(Permissions.BlockSenders).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        bool? active, [StringLength(64)] string? cursor, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var now = clock.GetUtcNow();
        var blocks = db.BlockedSenders.Where(block => block.BlockedAt < before || (block.BlockedAt == before && block.Id.CompareTo(beforeId) < 0));
        if (active is true)
            blocks = blocks.Where(block => block.LiftedAt == null && block.ExpiresAt > now);
        var rows = await blocks.OrderByDescending(block => block.BlockedAt).ThenByDescending(block => block.Id)
            .Select(block => new { Block = block, Held = db.BlockedMessages.Count(muted => muted.BlockId == block.Id) })
            .AsNoTracking().Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(
            rows.ConvertAll(row => new Item(row.Block.Id, PhoneNumber.Mask(row.Block.Sender), row.Block.Reason, row.Block.MessageId, row.Block.BlockedBy, row.Block.BlockedAt,
                row.Block.ExpiresAt, row.Block.LiftedAt, row.Block.LiftedBy, row.Block.LiftReason, row.Block.LiftedAt is null && row.Block.ExpiresAt > now, row.Held)),
            last => Paging.Cursor(last.BlockedAt, last.Id)));
    }
}
