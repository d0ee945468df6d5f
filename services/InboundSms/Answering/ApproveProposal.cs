using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Contracts.Notification;
using InboundSms.Inbox;
using InboundSms.Publishing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Answering;

/// <summary>The head makes a proposed answer his own: it becomes the answer, with both names in the history, and the clock stops at this moment.</summary>
internal static partial class ApproveProposal
{
    /// <param name="Version">Of the proposal that he has read.</param>
    /// <param name="QuestionMasks">What the public must not see of the citizen's first message, besides what is found.</param>
    /// <param name="AnswerMasks">The same of the answer.</param>
    /// <param name="Reviewed">He has looked at what the preview calls doubtful.</param>
    public sealed record Request(
        [Required] long? Version,
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? QuestionMasks = null,
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? AnswerMasks = null,
        bool Reviewed = false);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/proposal/approval", Handle)
        .WithName(nameof(ApproveProposal)).WithSummary("Makes the proposed answer the answer; confirms the public preview")
        .RequirePermission(Permissions.ReviewAnswers).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Accepted<AnswerMessage.Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, GiveAnswer give, TimeProvider clock, ILogger<Answer> log, CancellationToken stop)
    {
        if (await db.ReviewableBy(user.OfficialId, clock.GetUtcNow()).OfMessage(db, id).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.WhyNotAnswerable is { } why)
            return Problems.Conflict(why);
        if (await db.OpenProposalAsync(smsCase.Id, stop) is not { } proposal)
            return Problems.Conflict("no-proposal");
        if (proposal.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (proposal.Status == ProposalStatus.Returned)
            return Problems.Conflict("proposal-returned");
        var given = await give.AddAsync(smsCase, user, new(proposal.Text, request.QuestionMasks, request.AnswerMasks, request.Reviewed, proposal.OfficialId), stop);
        if (given.Refusal is { } refusal)
            return refusal;

        proposal.Status = ProposalStatus.Approved;
        proposal.Version++;
        await db.SaveChangesAsync(stop);
        Approved(log, given.AnswerId, smsCase.Number);
        return TypedResults.Accepted($"/api/inbound-sms/messages/{id}", new AnswerMessage.Response(given.AnswerId, given.Delivery));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Answer {AnswerId} approved in case {CaseNumber}")]
    private static partial void Approved(ILogger log, Guid answerId, long caseNumber);
}
