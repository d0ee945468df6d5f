using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Callbacks;

/// <summary>Where the calling application is told of changes, and whether it hears them.</summary>
internal static class ShowCallback
{
    /// <param name="Url">Null: it hears nothing.</param>
    /// <param name="OldSecretUntil">A rotation runs: until then two secrets sign.</param>
    /// <param name="Failures">In a row.</param>
    /// <param name="RestsUntil">It failed so often that it is left in peace until then.</param>
    /// <param name="Waiting">Not told yet.</param>
    /// <param name="Failed">Given up.</param>
    internal sealed record Response(string? Url, DateTimeOffset? OldSecretUntil, int Failures, DateTimeOffset? RestsUntil, int Waiting, int Failed);

    public static void Map(IEndpointRouteBuilder callback) => callback.MapGet("/", HandleAsync)
        .WithName(nameof(ShowCallback)).WithSummary("The callback of the calling application, and how it fares")
        .RequirePermission(Permissions.OrderNotifications).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(ClaimsPrincipal user, NotificationDb db, TimeProvider clock, CancellationToken stop)
    {
        var (application, now) = (user.AccountId, clock.GetUtcNow());
        if (await db.CallbackAddresses.AsNoTracking().SingleOrDefaultAsync(known => known.Id == application, stop) is not { } address)
            return Problems.NotFound();
        var own = db.Callbacks.Where(callback => callback.ApplicationId == application);
        return TypedResults.Ok(new Response(address.Url, address.OldUntil > now ? address.OldUntil : null, address.Failures, address.RestsUntil,
            await own.CountAsync(callback => callback.Outcome == CallbackOutcome.Waiting, stop), await own.CountAsync(callback => callback.Outcome == CallbackOutcome.Failed, stop)));
    }
}
