using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Sending;

/// <summary>A person says that a broadcast shall go though its moment has passed. Its lateness counts from here on.</summary>
internal static class SendLate
{
    /// <param name="Reason">For the history.</param>
    /// <param name="Version">As read.</param>
    public sealed record Request([Required, StringLength(500)] string Reason, [Required] long? Version);

    public static void Map(RouteGroupBuilder group) => group.MapPost("/{id:guid}/send-late", HandleAsync)
        .WithName(nameof(SendLate)).WithSummary("Lets a broadcast go whose moment has passed").RunsBroadcasts();

    private static async Task<Results<Ok<GetProgress.Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        var (broadcast, refusal) = await db.TakeAsync(id, request.Version, [BroadcastState.Late], stop);
        if (broadcast is null)
            return refusal!;
        var (now, reason) = (clock.GetUtcNow(), Moves.Plain(request.Reason));
        var revision = await db.Revisions.AsNoTracking().SingleAsync(r => r.BroadcastId == id && r.No == broadcast.Revision, stop);
        if (revision.UsefulUntil <= now)
            return Problems.Conflict("broadcast-no-longer-valid");
        (broadcast.State, broadcast.ChangedAt) = (BroadcastState.Scheduled, now);
        broadcast.Version++;
        db.Record(broadcast, nameof(SendLate), http.User.Actor, now, new { reason });
        db.WriteToAuditTrail(http, nameof(SendLate), ("Broadcast", id), reason);
        await db.SaveChangesAsync(stop);
        var progress = await GetProgress.OfAsync(db, broadcast, now, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(progress);
    }
}
