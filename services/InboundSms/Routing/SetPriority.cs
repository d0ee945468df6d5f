using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Emergencies;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>An official raises a case to an emergency, which tells the quick reaction team, or says that it is none.</summary>
internal static partial class SetPriority
{
    /// <param name="Priority">Normal or Emergency.</param>
    /// <param name="Reason">For the history; 1 to 500 characters.</param>
    /// <param name="Version">Of the case, as last seen.</param>
    public sealed record Request([Required] Priority? Priority, [Required, StringLength(500, MinimumLength = 1)] string Reason, [Required] long? Version);

    public static void Map(RouteGroupBuilder messages) => messages.MapPut("/{id:guid}/priority", Handle)
        .WithName(nameof(SetPriority)).WithSummary("Makes a case an emergency, or a normal one again")
        .RequirePermission(Permissions.TriageMessages).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, RaiseEmergency emergency, TimeProvider clock, ILogger<SmsCase> log, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var now = clock.GetUtcNow();
        if (await db.TriageableBy(user, id, now).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (smsCase.Priority == request.Priority)
            return TypedResults.NoContent();
        smsCase.Priority = request.Priority!.Value;
        smsCase.Version++;
        db.Record(smsCase.Id, CaseEventKind.PriorityChanged, now, user, new { priority = request.Priority, reason = request.Reason.Trim() });
        if (smsCase.Priority == Priority.Emergency)
            await emergency.TellAsync(smsCase, user.Actor, stop);
        await db.SaveChangesAsync(stop);
        Changed(log, smsCase.Number, smsCase.Priority);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Case {CaseNumber} is now {Priority}")]
    private static partial void Changed(ILogger log, long caseNumber, Priority priority);
}
