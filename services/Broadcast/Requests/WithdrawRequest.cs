using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Requests;

/// <summary>The originator does not want it any more, before anybody has approved it. What is approved is cancelled by who runs it.</summary>
public static class WithdrawRequest
{
    /// <param name="Version">As last seen.</param>
    /// <param name="Reason">For the history.</param>
    public sealed record Request([Required] long? Version, [Required, StringLength(500, MinimumLength = 1)] string Reason);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/{id:guid}/withdrawal", HandleAsync)
        .WithName(nameof(WithdrawRequest)).WithSummary("Takes an own request back before it is approved").RequirePermission(Permissions.RequestBroadcasts)
        .RequireFreshSignIn().ShowsCurrent(BroadcastItem.Of).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<BroadcastItem>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var official = user.HasOfficial ? user.OfficialId : Guid.Empty;
        if (await db.Broadcasts.SingleOrDefaultAsync(b => b.Id == id && b.OriginatorId == official, stop) is not { } broadcast)
            return Problems.NotFound();
        if (broadcast.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (WhyNot(broadcast.State) is { } why)
            return Problems.Conflict(why);
        var now = clock.GetUtcNow().InMicroseconds;
        (broadcast.State, broadcast.ChangedAt, broadcast.EndedAt) = (BroadcastState.Cancelled, now, now);
        broadcast.Version++;
        db.Record(broadcast, nameof(WithdrawRequest), user.Actor, now, new { reason = request.Reason.Trim().Replace('\0', '\uFFFD'), by = official });
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(BroadcastItem.Of.Compile()(broadcast));
    }

    private static string? WhyNot(BroadcastState state) => state switch
    {
        BroadcastState.Draft or BroadcastState.Submitted => null,
        BroadcastState.Completed or BroadcastState.Cancelled or BroadcastState.Rejected => "broadcast-over",
        _ => "broadcast-approved",
    };
}
