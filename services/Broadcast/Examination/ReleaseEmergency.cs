using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Audiences;
using Broadcast.Requests;
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
/// Lives may not wait for the Chair: an emergency goes on the word of a second person, who has not written it, for a reason. It is marked as such for ever and waits for
/// its examination afterwards.
/// </summary>
public static partial class ReleaseEmergency
{
    private static readonly string[] Order = [Roles.Mayor, Roles.RegionalSecretary, Roles.Chair, Roles.Secretary];

    /// <param name="Version">As last seen.</param>
    /// <param name="ContentHash">As it was submitted; stands in the broadcast's wording.</param>
    /// <param name="Reason">Why it cannot wait.</param>
    public sealed record Request(
        [Required] long? Version, [Required, RegularExpression(ApproveBroadcast.HashPattern)] string ContentHash, [Required, StringLength(1_000, MinimumLength = 1)] string Reason);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/{id:guid}/release", HandleAsync)
        .WithName(nameof(ReleaseEmergency)).WithSummary("Lets an emergency broadcast go before it is examined").RequirePermission(Permissions.ReleaseEmergencies)
        .RequireFreshSignIn().ShowsCurrent(BroadcastItem.Of).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<BroadcastItem>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, Examiner examiner, TellExaminers examiners, TimeProvider clock, ILogger<Decision> log, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        if (await db.Broadcasts.SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        if (await examiner.IsAuthorAsync(broadcast, user, stop))
            return Examiner.Forbidden("examiner-is-author");
        if (broadcast.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (!broadcast.IsEmergency)
            return Problems.Conflict("not-an-emergency");
        if (broadcast.State != BroadcastState.Submitted)
            return Problems.Conflict("broadcast-not-submitted");
        var now = clock.GetUtcNow().InMicroseconds;
        var revision = await db.Revisions.SingleAsync(r => r.BroadcastId == id && r.No == broadcast.Revision, stop);
        if (!await Shown.IsAsync(db, broadcast, revision, request.ContentHash, stop))
            return Problems.Conflict("content-differs");
        if (WordingTimes.WhyOver(revision, now) is { } over)
            return Problems.Conflict(over);
        if (await Authority.RenewAsync(db, broadcast, now, stop) is { } unauthorised)
            return unauthorised;

        (broadcast.State, broadcast.Afterwards, broadcast.ChangedAt) = (BroadcastState.Scheduled, Afterwards.Waiting, now);
        broadcast.Version++;
        var decision = user.Decides(broadcast, revision, DecisionOutcome.Released, new(Order.First(user.IsInRole), null), now, request.Reason);
        db.Decide(decision);
        db.Record(broadcast, nameof(ReleaseEmergency), user.Actor, now, new
        {
            decisionId = decision.Id,
            actedAs = decision.ActedAs,
            contentHash = request.ContentHash.ToLowerInvariant(),
            basis = broadcast.OriginatorBasis,
            letterId = broadcast.LetterId,
        });
        await examiners.RunAsync(broadcast, "broadcast.released", decision.OfficialId, now, stop);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(ApproveBroadcast.DecidedOnce))
        {
            return Problems.Conflict("changed-meanwhile");
        }

        Released(log, broadcast.Number, revision.No, decision.ActedAs);
        return TypedResults.Ok(BroadcastItem.Of.Compile()(broadcast));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Revision {Revision} of the emergency broadcast {BroadcastNumber} was let go unexamined by the {Role}")]
    private static partial void Released(ILogger log, long broadcastNumber, int revision, string role);
}
