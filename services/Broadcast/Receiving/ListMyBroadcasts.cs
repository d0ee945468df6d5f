using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Receiving;

/// <summary>What was sent to the caller (KOR 8: on whatever device he has).</summary>
internal static class ListMyBroadcasts
{
    /// <param name="Id">Of the broadcast.</param>
    /// <param name="Number">As the SMS and people name it.</param>
    /// <param name="Kind">What it is.</param>
    /// <param name="IsEmergency">It went before everything else.</param>
    /// <param name="Subject">Not part of the SMS.</param>
    /// <param name="SentAt">When its sending began.</param>
    /// <param name="ReadAt">When the caller first opened it here; null: never.</param>
    /// <param name="Answers">How it wants to be answered.</param>
    /// <param name="IsAnswered">The caller has, by web or SMS.</param>
    /// <param name="CorrectedBy">Number of the latest broadcast that was sent to correct it; null: none.</param>
    /// <param name="Sms">What became of the caller's SMS; Skipped: there was none for him.</param>
    public sealed record Item(
        Guid Id, long Number, BroadcastKind Kind, bool IsEmergency, string Subject, DateTimeOffset SentAt, DateTimeOffset? ReadAt, AnswerMode Answers, bool IsAnswered, long? CorrectedBy,
        RecipientState Sms);

    public static void Map(RouteGroupBuilder mine) => mine.MapGet("/", HandleAsync).WithName(nameof(ListMyBroadcasts))
        .WithSummary("Broadcasts that were sent to the caller, newest first").RequirePermission(Permissions.ReceiveBroadcasts).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(64)] string? cursor, ClaimsPrincipal user, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await db.ReceivedBy(user)
            .Where(m => m.Broadcast.StartedAt < before || (m.Broadcast.StartedAt == before && m.Broadcast.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(m => m.Broadcast.StartedAt).ThenByDescending(m => m.Broadcast.Id).Take(Paging.PageSize + 1)
            .Select(ToItem(db)).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.SentAt, last.Id)));
    }

    internal static Expression<Func<Mine, Item>> ToItem(BroadcastDb db) => m => new Item(
        m.Broadcast.Id, m.Broadcast.Number, m.Broadcast.Kind, m.Broadcast.IsEmergency, m.Broadcast.Subject, m.Broadcast.StartedAt!.Value,
        db.Set<ReadReceipt>().Where(r => r.BroadcastId == m.Broadcast.Id && r.OfficialId == m.Recipient.OfficialId).Select(r => (DateTimeOffset?)r.ReadAt).FirstOrDefault(),
        db.Revisions.Where(r => r.BroadcastId == m.Broadcast.Id && r.No == m.Broadcast.Revision).Select(r => r.Answers).First(),
        db.Set<Answer>().Any(a => a.BroadcastId == m.Broadcast.Id && a.OfficialId == m.Recipient.OfficialId),
        db.Broadcasts.Where(b => b.CorrectsId == m.Broadcast.Id && b.StartedAt != null).OrderByDescending(b => b.Number).Select(b => (long?)b.Number).FirstOrDefault(), m.Recipient.State);
}
