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

namespace InboundSms.Answering;

/// <summary>The head wants a proposed answer otherwise, and says why. It stays open; the clock goes on.</summary>
internal static class ReturnProposal
{
    /// <param name="Version">Of the proposal that he has read.</param>
    /// <param name="Reason">What is to be changed.</param>
    public sealed record Request([Required] long? Version, [Required, StringLength(500, MinimumLength = 3)] string Reason);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/proposal/return", Handle)
        .WithName(nameof(ReturnProposal)).WithSummary("Gives the proposed answer back, with a reason")
        .RequirePermission(Permissions.ReviewAnswers).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible || request.Reason.Contains('\0', StringComparison.Ordinal))
            return Problems.Invalid(nameof(request.Reason), "empty");
        var now = clock.GetUtcNow();
        if (await db.ReviewableBy(user.OfficialId, now).OfMessage(db, id).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.WhyNotAnswerable is { } why)
            return Problems.Conflict(why);
        if (await db.OpenProposalAsync(smsCase.Id, stop) is not { } proposal)
            return Problems.Conflict("no-proposal");
        if (proposal.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (proposal.Status == ProposalStatus.Returned)
            return Problems.Conflict("proposal-returned");

        (proposal.Status, proposal.Reason) = (ProposalStatus.Returned, request.Reason);
        proposal.Version++;
        smsCase.Version++;
        db.Record(smsCase.Id, CaseEventKind.ProposalReturned, now, user,
            new { proposalId = proposal.Id, proposedBy = proposal.OfficialId, request.Reason });
        await db.SaveChangesAsync(stop);
        return TypedResults.NoContent();
    }
}
