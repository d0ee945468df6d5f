using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Sending;

/// <summary>Nothing more is handed over until somebody resumes it; what a provider has already goes on, and the answer says how much that is.</summary>
internal static class PauseBroadcast
{
    /// <param name="Reason">For the history.</param>
    /// <param name="Version">As read.</param>
    public sealed record Request([Required, StringLength(500)] string Reason, [Required] long? Version);

    public static void Map(RouteGroupBuilder group) => group.MapPost("/{id:guid}/pause", HandleAsync)
        .WithName(nameof(PauseBroadcast)).WithSummary("Stops the sending until it is resumed").RunsBroadcasts();

    private static async Task<Results<Ok<GetProgress.Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        var (broadcast, refusal) = await db.TakeAsync(id, request.Version, [BroadcastState.Sending], stop);
        if (broadcast is null)
            return refusal!;
        var reason = Moves.Plain(request.Reason);
        broadcast.Pause(db, http.User.Actor, clock.GetUtcNow(), new { reason });
        db.WriteToAuditTrail(http, nameof(PauseBroadcast), ("Broadcast", id), reason);
        await db.SaveChangesAsync(stop);
        var progress = await GetProgress.OfAsync(db, broadcast, clock.GetUtcNow(), stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(progress);
    }
}
