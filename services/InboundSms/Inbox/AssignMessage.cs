using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Emergencies;
using InboundSms.History;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>
/// The secretariat takes a case out of its tray and gives it to the position that a keyword names. The deadline does not restart: it runs from receipt (BJN 13).
/// </summary>
internal static partial class AssignMessage
{
    /// <param name="Keyword">A valid keyword; capitals do not matter.</param>
    public sealed record Request([Required, StringLength(16, MinimumLength = 1), RegularExpression("^[A-Za-z0-9]+$")] string Keyword);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/assignment", Handle)
        .WithName(nameof(AssignMessage)).WithSummary("Gives a case of the tray to the position of a keyword")
        .RequirePermission(Permissions.AssignMessages).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, RaiseEmergency emergency, TimeProvider clock, ILogger<SmsCase> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await Addressee.FindAsync(db, request.Keyword.ToUpperInvariant(), now, stop) is not { } addressee)
            return Problems.Invalid("keyword", "keyword-unknown");
        if (await db.Cases.OfMessage(db, id).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.Status != CaseStatus.Unassigned)
            return Problems.Conflict("not-in-tray");
        (smsCase.Status, smsCase.PositionId, smsCase.Keyword) = (CaseStatus.Open, addressee.PositionId, addressee.Keyword);
        smsCase.Version++;
        await db.PlaceAnewAsync(smsCase.Id, now, stop);
        db.Record(smsCase.Id, CaseEventKind.Assigned, now, user, new { positionId = addressee.PositionId, keyword = addressee.Keyword });
        // The secretariat was told when it came; now it has a team of its own.
        if (smsCase.Priority == Priority.Emergency)
            await emergency.TellAsync(smsCase, user.Actor, stop);
        await db.SaveChangesAsync(stop);
        Assigned(log, id, addressee.Keyword);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The case of SMS {MessageId} was given to {Keyword}")]
    private static partial void Assigned(ILogger log, Guid messageId, string keyword);
}
