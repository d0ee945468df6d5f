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
        var replayed = await db.Callbacks.Where(callback => callback.Id == id && callback.Outcome == CallbackOutcome.Failed)
            .ExecuteUpdateAsync(set => set.SetProperty(callback => callback.Outcome, CallbackOutcome.Waiting)
                .SetProperty(callback => callback.Attempts, 0).SetProperty(callback => callback.NextAttemptAt, now), stop);
        if (replayed == 0)
            return await db.Callbacks.AnyAsync(callback => callback.Id == id, stop) ? Problems.Conflict("callback-not-failed") : Problems.NotFound();
        db.WriteToAuditTrail(http, nameof(ReplayCallback), ("Callback", id), request.Reason);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
