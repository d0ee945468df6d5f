using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Sending;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Notification.Operating;

/// <summary>Lets a provider or a lane go on. What has waited goes in its order, at the pace of the limits; what is too late by now expires.</summary>
internal static class ResumeSending
{
    /// <param name="Reason">For the audit trail.</param>
    public sealed record Request([Required, StringLength(500)] string Reason);

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/notifications/sending/pauses/{kind}/{name}/resume", Handle)
        .WithName(nameof(ResumeSending)).WithTags("Sending").WithSummary("Lets a provider or a lane go on")
        .RequirePermission(Permissions.OperateSending).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        PauseKind kind, [StringLength(64)] string name, Request request, HttpContext http, NotificationDb db, SendingBell bell, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var reason = request.Reason.Trim().Replace('\0', '\uFFFD');
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.Pauses.Where(pause => pause.Kind == kind && pause.Name == name).ExecuteDeleteAsync(stop) == 0)
            return Problems.NotFound();
        db.WriteToAuditTrail(http, nameof(ResumeSending), (kind.ToString(), Guid.CreateVersion7(now)), reason, name);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        bell.Ring();
        return TypedResults.NoContent();
    }
}
