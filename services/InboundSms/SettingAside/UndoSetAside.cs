using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.SettingAside;

/// <summary>A case that was set aside is to be answered after all. Its clock has never stopped: due is what was due (BJN 13).</summary>
internal static partial class UndoSetAside
{
    /// <param name="Reason">1 to 500 characters.</param>
    public sealed record Request([Required, StringLength(500, MinimumLength = 1)] string Reason);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/set-aside/undo", Handle)
        .WithName(nameof(UndoSetAside)).WithSummary("Brings back a case that was set aside")
        .RequirePermission(Permissions.SetMessagesAside).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<SetAside> log, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        if (await db.Cases.OfMessage(db, id).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.Status != CaseStatus.SetAside)
            return Problems.Conflict("not-set-aside");
        var now = clock.GetUtcNow();
        var confirmed = await db.SetAsides.SingleAsync(p => p.CaseId == smsCase.Id && p.Decision == SetAsideDecision.Confirmed && p.UndoneAt == null, stop);
        (confirmed.UndoneBy, confirmed.UndoneAt) = (user.Actor, now);
        smsCase.Status = smsCase.PositionId is null ? CaseStatus.Unassigned : CaseStatus.Open;
        smsCase.Version++;
        db.Record(smsCase.Id, CaseEventKind.SetAsideUndone, now, user, new { proposalId = confirmed.Id, reason = request.Reason.Trim(), positionId = smsCase.PositionId, keyword = smsCase.Keyword });
        await db.SaveChangesAsync(stop);
        Undone(log, smsCase.Number);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Case {CaseNumber} is no longer set aside")]
    private static partial void Undone(ILogger log, long caseNumber);
}
