using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Notification.Callbacks;

/// <summary>A new secret. For a day both sign, the new one first, so that nothing is missed while the application changes over; a leaked one is ended at once.</summary>
public static class RotateCallbackSecret
{
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(1);

    /// <param name="EndOldAtOnce">The old one has leaked: from now on it signs nothing.</param>
    public sealed record Request(bool EndOldAtOnce = false);

    /// <param name="Secret">Told this once.</param>
    /// <param name="OldUntil">Until then the one before signs as well.</param>
    public sealed record Response(string Secret, DateTimeOffset? OldUntil);

    internal static void Map(IEndpointRouteBuilder callback) => callback.MapPost("/secret", HandleAsync)
        .WithName(nameof(RotateCallbackSecret)).WithSummary("Gives the calling application a new secret")
        .RequirePermission(Permissions.OrderNotifications).RequireFreshSignIn()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request, HttpContext http, NotificationDb db, CallbackSecrets secrets, TimeProvider clock, CancellationToken stop)
    {
        var application = http.User.AccountId;
        if (await db.CallbackAddresses.SingleOrDefaultAsync(known => known.Id == application, stop) is not { } address)
            return Problems.NotFound();
        // Of two at once the second is told so: it would end the secret that the first has just got.
        address.Generation++;
        address.OldUntil = request.EndOldAtOnce ? null : clock.GetUtcNow() + Overlap;
        address.Version++;
        db.WriteToAuditTrail(http, nameof(RotateCallbackSecret), ("Application", application));
        await db.SaveChangesAsync(stop);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Response(secrets.Of(address), address.OldUntil));
    }
}
