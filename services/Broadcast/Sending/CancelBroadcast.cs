using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Sending;

/// <summary>
/// For ever. Whoever has not been ordered for is Withdrawn at once; Notification takes back one by one what no provider has. What was handed over cannot be called back, and the
/// answer says how much that is: a correction is another broadcast.
/// </summary>
internal static class CancelBroadcast
{
    /// <param name="Reason">For the history.</param>
    /// <param name="Version">As read.</param>
    public sealed record Request([Required, StringLength(500)] string Reason, [Required] long? Version);

    public static void Map(RouteGroupBuilder group) => group.MapPost("/{id:guid}/cancel", HandleAsync)
        .WithName(nameof(CancelBroadcast)).WithSummary("Ends what is approved, late, being sent or paused, and says what is handed over already").RunsBroadcasts();

    private static async Task<Results<Ok<GetProgress.Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        var (broadcast, refusal) = await db.TakeAsync(
            id, request.Version, [BroadcastState.Scheduled, BroadcastState.Late, BroadcastState.Sending, BroadcastState.Paused], stop);
        if (broadcast is null)
            return refusal!;
        var (now, reason) = (clock.GetUtcNow(), Moves.Plain(request.Reason));
        var withdrawn = await db.Recipients.Where(r => r.BroadcastId == id && r.Revision == broadcast.Revision && r.State == RecipientState.Listed)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RecipientState.Withdrawn).SetProperty(r => r.ChangedAt, now), stop);
        if (broadcast.StartedAt is not null)
            db.Publish(id, http.User.Actor, new WithdrawSmsGroup { GroupId = id });
        (broadcast.State, broadcast.EndedAt, broadcast.ChangedAt) = (BroadcastState.Cancelled, now, now);
        broadcast.Version++;
        db.Record(broadcast, nameof(CancelBroadcast), http.User.Actor, now, new { reason, withdrawn });
        db.WriteToAuditTrail(http, nameof(CancelBroadcast), ("Broadcast", id), reason);
        await db.SaveChangesAsync(stop);
        var progress = await GetProgress.OfAsync(db, broadcast, now, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(progress);
    }
}
