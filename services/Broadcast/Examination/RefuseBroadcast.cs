using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Requests;
using Broadcast.Sending;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Examination;

/// <summary>The examiner gives a wording back to be reworded, or will not have the broadcast at all; both with a reason.</summary>
public static partial class RefuseBroadcast
{
    /// <param name="Version">As last seen.</param>
    /// <param name="Reason">What is to be done otherwise, or why it is not sent.</param>
    /// <param name="Checklist">Where one of its questions is the reason.</param>
    public sealed record Request([Required] long? Version, [Required, StringLength(1_000, MinimumLength = 1)] string Reason, Checklist? Checklist = null);

    internal static void Map(RouteGroupBuilder broadcasts)
    {
        Map(broadcasts, "return", "ReturnBroadcast", DecisionOutcome.Returned, BroadcastState.Draft, "Gives the wording back, to be worded anew");
        Map(broadcasts, "rejection", "RejectBroadcast", DecisionOutcome.Rejected, BroadcastState.Rejected, "Rejects the broadcast for good");
    }

    private static void Map(RouteGroupBuilder broadcasts, string path, string name, DecisionOutcome outcome, BroadcastState then, string summary) => broadcasts.MapPost($"/{{id:guid}}/{path}",
        (Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, Examiner examiner, TimeProvider clock, ILogger<Decision> log, CancellationToken stop) =>
            HandleAsync(id, request, (name, outcome, then), user, db, examiner, clock, log, stop))
        .WithName(name).WithSummary(summary).RequirePermission(Permissions.ExamineBroadcasts).RequireFreshSignIn().ShowsCurrent(BroadcastItem.Of)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<BroadcastItem>, ProblemHttpResult>> HandleAsync(Guid id, Request request, (string Act, DecisionOutcome Outcome, BroadcastState Then) step,
        ClaimsPrincipal user, BroadcastDb db, Examiner examiner, TimeProvider clock, ILogger<Decision> log, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        if (await db.Broadcasts.SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        var (right, refusal) = await examiner.FindAsync(broadcast, user, stop);
        if (right is null)
            return refusal!;
        if (broadcast.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (broadcast.State != BroadcastState.Submitted)
            return Problems.Conflict("broadcast-not-submitted");

        var now = clock.GetUtcNow().InMicroseconds;
        var revision = await db.Revisions.SingleAsync(r => r.BroadcastId == id && r.No == broadcast.Revision, stop);
        (broadcast.State, broadcast.ChangedAt) = (step.Then, now);
        if (step.Then == BroadcastState.Rejected)
            broadcast.EndedAt = now;
        broadcast.Version++;
        var decision = user.Decides(broadcast, revision, step.Outcome, right, now, request.Reason, request.Checklist);
        db.Decide(decision);
        db.Record(broadcast, step.Act, user.Actor, now, new { decisionId = decision.Id, actedAs = right.Role, mandateId = right.MandateId });
        var told = step.Then == BroadcastState.Rejected ? "broadcast.rejected" : "broadcast.returned";
        db.TellResponsible(broadcast, told, now, by: decision.OfficialId);
        db.TellOfficial(broadcast.OriginatorId, broadcast, told, now);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(ApproveBroadcast.DecidedOnce))
        {
            return Problems.Conflict("changed-meanwhile");
        }

        Refused(log, broadcast.Number, revision.No, step.Outcome);
        return TypedResults.Ok(BroadcastItem.Of.Compile()(broadcast));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Revision {Revision} of broadcast {BroadcastNumber} was not approved: {Outcome}")]
    private static partial void Refused(ILogger log, long broadcastNumber, int revision, DecisionOutcome outcome);
}
