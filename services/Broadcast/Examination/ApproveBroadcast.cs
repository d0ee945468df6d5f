using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Audiences;
using Broadcast.Requests;
using Broadcast.Sending;
using Broadcast.Storage;
using Broadcast.Wording;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Examination;

/// <summary>
/// The examiner signs exactly what he was shown (KOR 10c). Of an approval and a change, or of two approvals at the same moment, one wins and the other is told: they
/// meet at the broadcast's version, and the database keeps one decision for a revision.
/// </summary>
public static partial class ApproveBroadcast
{
    internal const string HashPattern = "^[0-9A-Fa-f]{64}$";
    internal const string DecidedOnce = "decision_once";

    /// <param name="Version">As last seen.</param>
    /// <param name="ContentHash">As the examination shows it.</param>
    /// <param name="Checklist">Each answered with yes: what does not pass is returned.</param>
    /// <param name="Reason">Needed where the text has words of the list.</param>
    public sealed record Request(
        [Required] long? Version, [Required, RegularExpression(HashPattern)] string ContentHash, [Required] Checklist Checklist, [StringLength(1_000)] string? Reason = null);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/{id:guid}/approval", HandleAsync)
        .WithName(nameof(ApproveBroadcast)).WithSummary("Approves exactly what was shown").RequirePermission(Permissions.ExamineBroadcasts)
        .RequireFreshSignIn().ShowsCurrent(BroadcastItem.Of).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<BroadcastItem>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, Examiner examiner, TimeProvider clock, ILogger<Decision> log, CancellationToken stop)
    {
        if (request.Checklist.RefuseApproval() is { } unanswered)
            return unanswered;
        var now = clock.GetUtcNow().InMicroseconds;
        if (await db.Broadcasts.SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        var (right, refusal) = await examiner.FindAsync(broadcast, user, stop);
        if (right is null)
            return refusal!;
        if (broadcast.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (broadcast.State != BroadcastState.Submitted)
            return Problems.Conflict("broadcast-not-submitted");
        var revision = await db.Revisions.SingleAsync(r => r.BroadcastId == id && r.No == broadcast.Revision, stop);
        if (!await Shown.IsAsync(db, broadcast, revision, request.ContentHash, stop))
            return Problems.Conflict("content-differs");
        if (WordingTimes.WhyOver(revision, now) is { } over)
            return Problems.Conflict(over);
        if (await Authority.RenewAsync(db, broadcast, now, stop) is { } unauthorised)
            return unauthorised;
        var words = await FindWords.InAsync(db, broadcast, revision, stop);
        if (words.Count > 0 && request.Reason?.IsVisible is not true)
            return Problems.Invalid("reason", "reason-for-words");

        (broadcast.State, broadcast.ChangedAt) = (BroadcastState.Scheduled, now);
        broadcast.Version++;
        var decision = user.Decides(broadcast, revision, DecisionOutcome.Approved, right, now, request.Reason, request.Checklist);
        db.Decide(decision);
        db.Record(broadcast, nameof(ApproveBroadcast), user.Actor, now,
            new
            {
                decisionId = decision.Id,
                actedAs = right.Role,
                mandateId = right.MandateId,
                contentHash = request.ContentHash.ToLowerInvariant(),
                words = words.Count,
                basis = broadcast.OriginatorBasis,
                letterId = broadcast.LetterId,
            });
        db.TellOfficial(broadcast.OriginatorId, broadcast, "broadcast.approved", now);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(DecidedOnce))
        {
            return Problems.Conflict("changed-meanwhile");
        }

        Approved(log, broadcast.Number, revision.No, right.Role);
        return TypedResults.Ok(BroadcastItem.Of.Compile()(broadcast));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Revision {Revision} of broadcast {BroadcastNumber} was approved by the {Role}")]
    private static partial void Approved(ILogger log, long broadcastNumber, int revision, string role);
}
