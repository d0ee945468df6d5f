using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Answering;

/// <summary>
/// An answer for the head to approve: written the first time, or written anew, by whom it was or by a colleague. What is written anew has another version, and an
/// approval of the earlier one no longer counts. The clock goes on: only what the citizen is told stops it.
/// </summary>
internal static class ProposeAnswer
{
    /// <param name="Text">What the citizen will read; 1 to 918 characters.</param>
    /// <param name="Version">Of the proposal, as last seen; null for the first one.</param>
    public sealed record Request([Required, StringLength(918, MinimumLength = 1)] string Text, long? Version = null);

    /// <param name="Version">Of the proposal now.</param>
    /// <param name="Length">How it would travel.</param>
    public sealed record Response(long Version, SmsLength Length);

    public static void Map(RouteGroupBuilder messages) => messages.MapPut("/{id:guid}/proposal", Handle)
        .WithName(nameof(ProposeAnswer)).WithSummary("Writes an answer that the head is to approve").RequirePermission(Permissions.HandleMessages)
        .RequireFreshSignIn().ShowsCase().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Text.IsVisible)
            return Problems.Invalid(nameof(request.Text), "empty");
        var now = clock.GetUtcNow();
        if (await db.AnswerableBy(user.OfficialId, now).OfMessage(db, id).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.WhyNotAnswerable is { } why)
            return Problems.Conflict(why);
        var proposal = await db.OpenProposalAsync(smsCase.Id, stop);
        if (proposal?.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");

        var text = request.Text.Replace('\0', '\uFFFD');
        if (proposal is null)
            db.Add(proposal = new() { Id = Guid.CreateVersion7(now), CaseId = smsCase.Id, OfficialId = user.OfficialId, Text = text, Status = ProposalStatus.Proposed, ProposedAt = now, Version = 0 });
        (proposal.OfficialId, proposal.Text, proposal.Status, proposal.Reason, proposal.ProposedAt) = (user.OfficialId, text, ProposalStatus.Proposed, null, now);
        proposal.Version++;
        // Who answers, forwards or approves at this moment meets the case's version.
        smsCase.Version++;
        db.Record(smsCase.Id, CaseEventKind.AnswerProposed, now, user, new { proposalId = proposal.Id, proposal.Version });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation("answer_proposal_open"))
        {
            return Problems.Conflict("changed-meanwhile");
        }

        return TypedResults.Ok(new Response(proposal.Version, SmsLength.Of(text)));
    }
}
