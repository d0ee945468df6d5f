using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Answering;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.SettingAside;

/// <summary>The secretariat confirms or rejects a proposal to set a case aside; never the person who proposed it. Confirmed, the case is not answered, and kept.</summary>
internal static partial class DecideSetAside
{
    /// <param name="ProposalId">The one that was looked at.</param>
    /// <param name="Confirms">False: the case is to be answered.</param>
    /// <param name="Reason">Of the decision; needed for a rejection.</param>
    public sealed record Request([Required] Guid? ProposalId, [Required] bool? Confirms, [StringLength(500)] string? Reason = null);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/set-aside/decision", Handle)
        .WithName(nameof(DecideSetAside)).WithSummary("Confirms or rejects that a message is not answered")
        .RequirePermission(Permissions.SetMessagesAside).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<SetAside> log, CancellationToken stop)
    {
        var confirms = request.Confirms!.Value;
        if (!confirms && request.Reason?.IsVisible is not true)
            return Problems.Invalid("reason", "empty");
        var proposal = await db.SetAsides.SingleOrDefaultAsync(
            p => p.Id == request.ProposalId && db.CaseMessages.Any(member => member.MessageId == id && member.CaseId == p.CaseId), stop);
        if (proposal is null)
            return Problems.NotFound();
        if (proposal.DecidedAt is not null)
            return Problems.Conflict("set-aside-decided");
        if (proposal.ProposedBy == user.Actor || (user.HasOfficial && proposal.ProposedByOfficial == user.OfficialId))
            return Problems.Conflict("set-aside-own");

        var now = clock.GetUtcNow();
        var smsCase = await db.Cases.SingleAsync(c => c.Id == proposal.CaseId, stop);
        if (confirms && smsCase.WhyNotToSetAside is { } why)
            return Problems.Conflict(why);
        (proposal.Decision, proposal.DecidedBy, proposal.DecidedAt) = (confirms ? SetAsideDecision.Confirmed : SetAsideDecision.Rejected, user.Actor, now);
        if (confirms)
        {
            smsCase.Status = CaseStatus.SetAside;
            await db.WithdrawProposalAsync(smsCase.Id, stop);
        }

        // Also for a rejection: of two people who decide at once, the second meets the version.
        smsCase.Version++;
        db.Record(smsCase.Id, confirms ? CaseEventKind.SetAside : CaseEventKind.SetAsideRejected, now, user,
            new { proposalId = proposal.Id, ground = proposal.Ground, reason = request.Reason?.Trim(), secondsSinceReceipt = (long)(now - smsCase.ReceivedAt).TotalSeconds });
        await db.SaveChangesAsync(stop);
        Decided(log, smsCase.Number, proposal.Decision.Value);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The proposal to set case {CaseNumber} aside is {Decision}")]
    private static partial void Decided(ILogger log, long caseNumber, SetAsideDecision decision);
}
