using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>
/// Inside a unit one takes a case, gives it to a colleague, or gives it back. That says who works on it and takes nothing from the others: BJN 12(6) lets the
/// institution answer, and a case whose handler is ill must not lie.
/// </summary>
internal static partial class SetHandler
{
    /// <param name="OfficialId">Who works on it from now on, the caller himself or a colleague with a position in the unit; null: nobody any more.</param>
    /// <param name="Version">Of the case, as last seen.</param>
    public sealed record Request([property: JsonRequired] Guid? OfficialId, [Required] long? Version);

    public static void Map(RouteGroupBuilder messages) => messages.MapPut("/{id:guid}/handler", Handle)
        .WithName(nameof(SetHandler)).WithSummary("Takes a case, gives it to a colleague or gives it back")
        .RequirePermission(Permissions.HandleMessages).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<SmsCase> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await db.AnswerableBy(user.OfficialId, now).OfMessage(db, id).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (request.OfficialId is { } official && !await db.AnswerableBy(official, now).AnyAsync(c => c.Id == smsCase.Id, stop))
            return Problems.Invalid("officialId", "official-outside-unit");
        if (smsCase.HandlerId == request.OfficialId)
            return TypedResults.NoContent();

        smsCase.HandlerId = request.OfficialId;
        smsCase.Version++;
        db.Record(smsCase.Id, CaseEventKind.HandlerChanged, now, user, new { officialId = request.OfficialId });
        await db.SaveChangesAsync(stop);
        Changed(log, smsCase.Number);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Case {CaseNumber} has another handler")]
    private static partial void Changed(ILogger log, long caseNumber);
}
