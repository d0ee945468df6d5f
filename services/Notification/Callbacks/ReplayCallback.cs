using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using Notification.Templates;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Notification.Callbacks;

/// <summary>The Administrator lets a callback that was given up be tried again, under the same <c>webhook-id</c>. Of two at once one does.</summary>
public static class ReplayCallback
{
    public sealed record Request([Required, StringLength(500, MinimumLength = 1), RegularExpression(CreateTemplate.Line)] string Reason);

    internal static void Map(IEndpointRouteBuilder callbacks) => callbacks.MapPost("/{id:guid}/replay", HandleAsync)
        .WithName(nameof(ReplayCallback)).WithSummary("Tries a callback again that was given up")
        .RequirePermission(Permissions.ReplayCallbacks).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, HttpContext http, NotificationDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.Callbacks.AsNoTracking().SingleOrDefaultAsync(callback => callback.Id == id, stop) is not { } given)
            return Problems.NotFound();
        // Locked, so that an application that ends its callback meanwhile ends this one with it: nothing waits for an address that is none.
        var address = await db.CallbackAddresses.FromSql($"select * from callback_address where id = {given.ApplicationId} for update").AsNoTracking().SingleAsync(stop);
        if (address.Url is null)
            return Problems.Conflict("callback-ended");
        var replayed = await db.Callbacks.Where(callback => callback.Id == id && callback.Outcome == CallbackOutcome.Failed)
            .ExecuteUpdateAsync(set => set.SetProperty(callback => callback.Outcome, CallbackOutcome.Waiting)
                .SetProperty(callback => callback.Attempts, 0).SetProperty(callback => callback.NextAttemptAt, now), stop);
        if (replayed == 0)
            return Problems.Conflict("callback-not-failed");
        db.WriteToAuditTrail(http, nameof(ReplayCallback), ("Callback", id), request.Reason);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
