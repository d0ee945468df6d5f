using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Applications;

/// <summary>What became of an e-mail that the calling application has ordered; another application's does not exist for it.</summary>
internal static class GetOrderedEmail
{
    public static void Map(IEndpointRouteBuilder emails) => emails.MapGet("/{id:guid}", HandleAsync)
        .WithName(nameof(GetOrderedEmail)).WithSummary("Status of one e-mail of the calling application")
        .RequirePermission(Permissions.OrderNotifications).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<ListOrderedEmail.Item>, ProblemHttpResult>> HandleAsync(Guid id, ClaimsPrincipal user, NotificationDb db, CancellationToken stop)
    {
        var application = user.AccountId;
        return await db.OrderedEmailAsync(order => order.MessageId == id && order.ApplicationId == application, stop) is [var item] ? TypedResults.Ok(item) : Problems.NotFound();
    }
}
