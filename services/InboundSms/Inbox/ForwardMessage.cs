using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Answering;
using InboundSms.Emergencies;
using InboundSms.History;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Inbox;

/// <summary>
/// A case that is another's matter goes to him, with a reason. The deadline does not restart: the citizen has waited since his SMS (BJN 13). From then on the case is
/// in the other's scope alone; who forwarded it sees that he did, in the list of what he forwarded. An answered case stays with who answered, unless his answer finally
/// failed: then the citizen has none, and whoever gets the case gives one.
/// </summary>
internal static partial class ForwardMessage
{
    /// <summary>Particulars of the event.</summary>
    internal sealed record Forwarded(Guid? By, string Reason);

    /// <param name="Version">Of the case, as last seen.</param>
    /// <param name="Reason">For the one who gets it; 3 to 500 characters.</param>
    /// <param name="Keyword">Of the position that gets it. Or</param>
    /// <param name="PositionId">the position, for one that has no keyword.</param>
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(500, MinimumLength = 3)] string Reason,
        [StringLength(16, MinimumLength = 1), RegularExpression("^[A-Za-z0-9]+$")] string? Keyword = null,
        Guid? PositionId = null);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/forward", Handle)
        .WithName(nameof(ForwardMessage)).WithSummary("Gives a case to another position, with a reason; the deadline does not restart")
        .RequirePermission(Permissions.ForwardMessages).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, RaiseEmergency emergency, TimeProvider clock, ILogger<SmsCase> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        if ((request.Keyword is null) == (request.PositionId is null))
            return Problems.Invalid("keyword", "keyword-or-position");
        var to = request.PositionId is { } position
            ? await Addressee.OfPositionAsync(db, position, now, stop)
            : await Addressee.FindAsync(db, request.Keyword!.ToUpperInvariant(), now, stop);
        if (to is null)
            return request.Keyword is null ? Problems.Invalid("positionId", "position-unknown") : Problems.Invalid("keyword", "keyword-unknown");

        var forwardable = Permissions.ReadAllMessages.IsGivenTo(user) ? db.Cases.Where(c => c.PositionId != null) : db.AnswerableBy(user.OfficialId, now);
        if (await forwardable.OfMessage(db, id).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (smsCase.WhyNotAnswerable is { } closed)
            return Problems.Conflict(closed);
        if (smsCase.PositionId == to.PositionId)
            return Problems.Invalid(request.Keyword is null ? "positionId" : "keyword", "position-same");

        var happened = db.Record(smsCase.Id, CaseEventKind.Forwarded, now, user, new { positionId = to.PositionId, keyword = to.Keyword, fromPositionId = smsCase.PositionId, request.Reason });
        db.Add(new Forwarding { EventId = happened, CaseId = smsCase.Id, FromPositionId = smsCase.PositionId!.Value, ToPositionId = to.PositionId, At = now });
        (smsCase.PositionId, smsCase.Keyword, smsCase.HandlerId) = (to.PositionId, to.Keyword, null);
        smsCase.Version++;
        await db.PlaceAnewAsync(smsCase.Id, now, stop);
        await db.WithdrawProposalAsync(smsCase.Id, stop);
        if (smsCase.Priority == Priority.Emergency)
            await emergency.TellAsync(smsCase, user.Actor, stop);
        await db.SaveChangesAsync(stop);
        Gone(log, smsCase.Number, to.PositionId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Case {CaseNumber} was forwarded to position {PositionId}")]
    private static partial void Gone(ILogger log, long caseNumber, Guid positionId);
}
