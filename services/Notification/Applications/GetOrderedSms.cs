using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Applications;

/// <summary>What became of an SMS that the calling application has ordered; another application's does not exist for it.</summary>
internal static class GetOrderedSms
{
    public static void Map(IEndpointRouteBuilder sms) => sms.MapGet("/{id:guid}", HandleAsync)
        .WithName(nameof(GetOrderedSms)).WithSummary("Status of one SMS of the calling application")
        .RequirePermission(Permissions.OrderNotifications).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<ListOrderedSms.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, ClaimsPrincipal user, NotificationDb db, CancellationToken stop)
    {
        var application = user.AccountId;
        return await db.OrderedAsync(order => order.MessageId == id && order.ApplicationId == application && order.Kind == MessageKind.Sms, stop) is [var item]
            ? TypedResults.Ok(item)
            : Problems.NotFound();
    }
}
