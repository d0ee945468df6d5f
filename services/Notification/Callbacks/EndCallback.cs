using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Notification.Callbacks;

/// <summary>The application wants to hear nothing any more; what waits is given up. Its statuses can be asked for as before.</summary>
internal static class EndCallback
{
    public static void Map(IEndpointRouteBuilder callback) => callback.MapDelete("/", HandleAsync)
        .WithName(nameof(EndCallback)).WithSummary("Ends the callback of the calling application")
        .RequirePermission(Permissions.OrderNotifications).RequireFreshSignIn();

    private static async Task<NoContent> HandleAsync(HttpContext http, NotificationDb db, CancellationToken stop)
    {
        var application = http.User.AccountId;
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.CallbackAddresses.SingleOrDefaultAsync(known => known.Id == application && known.Url != null, stop) is { } address)
        {
            address.Url = null;
            address.Version++;
            db.WriteToAuditTrail(http, nameof(EndCallback), ("Application", application));
            await db.SaveChangesAsync(stop);
            await db.Callbacks.Where(callback => callback.ApplicationId == application && callback.Outcome == CallbackOutcome.Waiting)
                .ExecuteUpdateAsync(set => set.SetProperty(callback => callback.Outcome, CallbackOutcome.Failed).SetProperty(callback => callback.LastAnswer, "ended"), stop);
            await transaction.CommitAsync(stop);
        }

        return TypedResults.NoContent();
    }
}
