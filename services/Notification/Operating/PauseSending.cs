using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Providers;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Notification.Operating;

/// <summary>Stops a provider or a lane, on every instance from its next lease on. Of two people at once one does it, the other hears that it is done.</summary>
internal static class PauseSending
{
    /// <param name="Kind">Provider or Lane.</param>
    /// <param name="Name">A channel that sends or <c>email</c>, or a purpose.</param>
    /// <param name="Reason">For the audit trail and for whoever wonders.</param>
    public sealed record Request([Required] PauseKind? Kind, [Required, StringLength(64)] string Name, [Required, StringLength(500)] string Reason);

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/notifications/sending/pauses", Handle)
        .WithName(nameof(PauseSending)).WithTags("Sending").WithSummary("Stops a provider or a lane until somebody resumes it")
        .RequirePermission(Permissions.OperateSending).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Request request, HttpContext http, NotificationDb db, Channels channels, TimeProvider clock, CancellationToken stop)
    {
        if (!channels.Knows(request.Kind!.Value, request.Name))
            return Problems.Invalid("name", "route-unknown");
        var (kind, now) = (request.Kind.Value.ToString(), clock.GetUtcNow());
        var reason = request.Reason.Trim().Replace('\0', '\uFFFD');
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var done = await db.Database.ExecuteSqlAsync($"""
            insert into pause (kind, name, reason, paused_by, paused_at) values ({kind}, {request.Name}, {reason}, {http.User.Actor}, {now})
            on conflict do nothing
            """, stop);
        if (done == 0)
            return Problems.Conflict("paused-already");
        db.WriteToAuditTrail(http, nameof(PauseSending), (kind, Guid.CreateVersion7(now)), reason, request.Name);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
