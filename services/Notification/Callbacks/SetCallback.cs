using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Notification.Callbacks;

/// <summary>An application says where it wants to hear what becomes of its messages. Its secret is told once, at the first time, and at each rotation.</summary>
public static class SetCallback
{
    /// <param name="Url">https, public.</param>
    public sealed record Request([Required, StringLength(500, MinimumLength = 1)] string Url);

    /// <param name="Secret">As Standard Webhooks has it, <c>whsec_</c> and Base64; null if it was told before.</param>
    public sealed record Response(string Url, string? Secret);

    // No Idempotency-Key: a stored answer would be a stored secret. Who lost it asks for a new one.
    internal static void Map(IEndpointRouteBuilder callback) => callback.MapPut("/", HandleAsync)
        .WithName(nameof(SetCallback)).WithSummary("Says where the calling application is told of changes")
        .RequirePermission(Permissions.OrderNotifications).RequireFreshSignIn().ProducesValidationProblem();

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request, HttpContext http, NotificationDb db, CalledAddress addresses, CallbackSecrets secrets, CancellationToken stop)
    {
        if (!addresses.IsWritten(request.Url))
            return Problems.Invalid("url", "callback-url");
        var application = http.User.AccountId;
        var address = await db.CallbackAddresses.SingleOrDefaultAsync(known => known.Id == application, stop);
        var isNew = address is null;
        if (address is null)
            db.Add(address = new() { Id = application, Generation = 1 });
        // Another address is another chance.
        (address.Url, address.Failures, address.RestsUntil) = (request.Url, 0, null);
        address.Version++;
        db.WriteToAuditTrail(http, nameof(SetCallback), ("Application", application), details: new Uri(request.Url).Host);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UniqueViolation })
        {
            return Problems.Conflict("changed-meanwhile");
        }

        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Response(request.Url, isNew ? secrets.Of(address) : null));
    }
}
