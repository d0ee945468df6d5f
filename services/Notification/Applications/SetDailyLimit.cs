using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Notification.Applications;

/// <summary>The Administrator says how many messages an application may order in a day; 0 stops it.</summary>
public static class SetDailyLimit
{
    /// <param name="Version">As last seen.</param>
    /// <param name="PerDay">Null: as many as the settings say.</param>
    /// <param name="Reason">For the audit trail.</param>
    public sealed record Request(
        [Required] long? Version,
        [Range(0, 10_000_000)] int? PerDay,
        [Required, StringLength(500, MinimumLength = 1), RegularExpression(@"^\P{C}*[^\s\p{C}]\P{C}*$")] string Reason);

    internal static void Map(IEndpointRouteBuilder applications) => applications.MapPut("/{id:guid}/daily-limit", HandleAsync)
        .WithName(nameof(SetDailyLimit)).WithSummary("Sets how many messages an application may order in a day")
        .RequirePermission(Permissions.EditSendingApplications).RequireFreshSignIn().ShowsCurrent(ListSendingApplications.ToSettings)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<ListSendingApplications.Settings>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, HttpContext http, NotificationDb db, CancellationToken stop)
    {
        if (await db.SendingApplications.SingleOrDefaultAsync(application => application.Id == id, stop) is not { } application)
            return Problems.NotFound();
        if (application.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        var before = application.PerDay;
        application.PerDay = request.PerDay;
        application.Version++;
        db.WriteToAuditTrail(http, nameof(SetDailyLimit), ("Application", id), request.Reason, FormattableString.Invariant($"{before} -> {request.PerDay}"));
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ListSendingApplications.ToSettings.Compile()(application));
    }
}
