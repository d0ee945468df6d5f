using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Requests;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

/// <summary>The Administrator takes a wording back before anybody has decided on it; the same one can be submitted again.</summary>
public static class WithdrawSubmission
{
    /// <param name="Version">As last seen.</param>
    public sealed record Request([Required] long? Version);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/{id:guid}/submission/withdrawal", HandleAsync)
        .WithName(nameof(WithdrawSubmission)).WithSummary("Takes back what was submitted").RequirePermission(Permissions.WordBroadcasts)
        .RequireFreshSignIn().ShowsCurrent(BroadcastItem.Of).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<BroadcastItem>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.Broadcasts.SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        if (broadcast.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (broadcast.State != BroadcastState.Submitted)
            return Problems.Conflict("broadcast-not-submitted");
        var now = clock.GetUtcNow().InMicroseconds;
        (broadcast.State, broadcast.ChangedAt) = (BroadcastState.Draft, now);
        broadcast.Version++;
        db.Record(broadcast, nameof(WithdrawSubmission), user.Actor, now);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(BroadcastItem.Of.Compile()(broadcast));
    }
}
