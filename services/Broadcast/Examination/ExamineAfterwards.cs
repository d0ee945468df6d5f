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

/// <summary>
/// The examination that an emergency did not wait for; never by who let it go. What does not pass and has not begun is rejected; what is being sent is
/// paused, until somebody cancels or resumes it, and the disapproval stays in its history and its report.
/// </summary>
public static partial class ExamineAfterwards
{
    private const string Once = "decision_afterwards_once";

    /// <param name="ContentHash">As the examination shows it.</param>
    /// <param name="Approves">False: it should not have gone.</param>
    /// <param name="Checklist">For an approval each answered with yes.</param>
    /// <param name="Reason">As the examiner signs it.</param>
    public sealed record Request(
        [Required, RegularExpression(ApproveBroadcast.HashPattern)] string ContentHash, [Required] bool? Approves, [Required] Checklist Checklist,
        [Required, StringLength(1_000, MinimumLength = 1)] string Reason);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/{id:guid}/examination-afterwards", HandleAsync)
        .WithName(nameof(ExamineAfterwards)).WithSummary("Examines an emergency broadcast that was let go").RequirePermission(Permissions.ExamineBroadcasts)
        .RequireFreshSignIn().ShowsCurrent(BroadcastItem.Of).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<BroadcastItem>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, Examiner examiner, TimeProvider clock, ILogger<Decision> log, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        if (request.Approves is true && request.Checklist.RefuseApproval() is { } unanswered)
            return unanswered;
        if (await db.Broadcasts.SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        var (right, refusal) = await examiner.FindAsync(broadcast, user, stop);
        if (right is null)
            return refusal!;
        if (await db.Decisions.SingleOrDefaultAsync(d => d.BroadcastId == id && d.Revision == broadcast.Revision && d.Outcome == DecisionOutcome.Released, stop) is not { } released)
            return Problems.Conflict("not-released");
        if (released.Actor == user.Actor || (user.HasOfficial && released.OfficialId == user.OfficialId))
            return Examiner.Forbidden("examiner-released");
        var revision = await db.Revisions.SingleAsync(r => r.BroadcastId == id && r.No == broadcast.Revision, stop);
        // The list may have become shorter since: what is examined is what was signed then.
        if (!Convert.ToHexStringLower(released.SignedHash).Equals(request.ContentHash, StringComparison.OrdinalIgnoreCase))
            return Problems.Conflict("content-differs");

        var now = clock.GetUtcNow().InMicroseconds;
        var outcome = request.Approves is true ? DecisionOutcome.ApprovedAfterwards : DecisionOutcome.DisapprovedAfterwards;
        var decision = user.Decides(broadcast, revision, outcome, right, now, request.Reason, request.Checklist);
        broadcast.Afterwards = request.Approves is true ? Afterwards.Approved : Afterwards.Disapproved;
        if (request.Approves is false && broadcast.State is (BroadcastState.Scheduled or BroadcastState.Late))
        {
            (broadcast.State, broadcast.ChangedAt, broadcast.EndedAt) = (BroadcastState.Rejected, now, now);
            broadcast.Version++;
        }
        else if (request.Approves is false && broadcast.State == BroadcastState.Sending)
        {
            broadcast.Pause(db, user.Actor, now, new { decisionId = decision.Id });
        }

        if (request.Approves is false)
        {
            db.TellResponsible(broadcast, "broadcast.disapproved", now, by: decision.OfficialId);
            db.TellOfficial(broadcast.OriginatorId, broadcast, "broadcast.disapproved", now);
        }

        db.Decide(decision);
        db.Record(broadcast, nameof(ExamineAfterwards), user.Actor, now, new { decisionId = decision.Id, outcome, actedAs = right.Role, mandateId = right.MandateId });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(Once))
        {
            return Problems.Conflict("examined-afterwards");
        }

        Examined(log, broadcast.Number, outcome);
        return TypedResults.Ok(BroadcastItem.Of.Compile()(broadcast));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The emergency broadcast {BroadcastNumber} was examined afterwards: {Outcome}")]
    private static partial void Examined(ILogger log, long broadcastNumber, DecisionOutcome outcome);
}
