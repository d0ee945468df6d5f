using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Sending;

/// <summary>Goes on where it stopped, never from the beginning. What has failed until now is not held against it again.</summary>
internal static class ResumeBroadcast
{
    /// <param name="Reason">For the history.</param>
    /// <param name="Version">As read.</param>
    public sealed record Request([Required, StringLength(500)] string Reason, [Required] long? Version);

    public static void Map(RouteGroupBuilder group) => group.MapPost("/{id:guid}/resume", HandleAsync)
        .WithName(nameof(ResumeBroadcast)).WithSummary("Goes on with what is paused").RunsBroadcasts();

    private static async Task<Results<Ok<GetProgress.Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        var (broadcast, refusal) = await db.TakeAsync(id, request.Version, [BroadcastState.Paused], stop);
        if (broadcast is null)
            return refusal!;
        if (await db.IsCorrectedAsync(id, stop))
            return Problems.Conflict("corrected-meanwhile");
        var (now, reason) = (clock.GetUtcNow(), Moves.Plain(request.Reason));
        (broadcast.State, broadcast.ChangedAt) = (BroadcastState.Sending, now);
        broadcast.Version++;
        (await db.Sendings.FromSql($"select * from sending where broadcast_id = {id} for update").SingleAsync(stop)).BeginAnew();
        db.Publish(id, http.User.Actor, new HoldSmsGroup { GroupId = id, IsHeld = false, Version = broadcast.Version });
        db.Record(broadcast, nameof(ResumeBroadcast), http.User.Actor, now, new { reason });
        db.WriteToAuditTrail(http, nameof(ResumeBroadcast), ("Broadcast", id), reason);
        await db.SaveChangesAsync(stop);
        var progress = await GetProgress.OfAsync(db, broadcast, now, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(progress);
    }
}
