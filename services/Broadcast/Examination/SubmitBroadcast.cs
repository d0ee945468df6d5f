using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Audiences;
using Broadcast.Requests;
using Broadcast.Storage;
using Broadcast.Wording;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

/// <summary>
/// The Administrator hands a wording to the examiner. Its audience is resolved into the list that he sees and signs; the originator's authority is looked for again, and
/// covers everybody on the list.
/// </summary>
public static partial class SubmitBroadcast
{
    /// <param name="Version">As last seen.</param>
    public sealed record Request([Required] long? Version);

    /// <param name="ContentHash">What the examiner signs, in hexadecimal.</param>
    /// <param name="Recipients">Who get an SMS.</param>
    /// <param name="Segments">Of all these SMS together.</param>
    /// <param name="Cost">Of all of them in rupiah; null where the price is not set.</param>
    /// <param name="Counts">Everybody in the list, by state and by why he is skipped.</param>
    internal sealed record Response(BroadcastItem Broadcast, string ContentHash, int Recipients, int Segments, decimal? Cost, IReadOnlyList<FrozenList.Count> Counts);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/{id:guid}/submission", HandleAsync)
        .WithName(nameof(SubmitBroadcast)).WithSummary("Submits the wording for examination, with the list of its recipients as it is now").RequirePermission(Permissions.WordBroadcasts)
        .RequireFreshSignIn().ShowsCurrent(BroadcastItem.Of).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(Guid id, Request request, ClaimsPrincipal user, BroadcastDb db,
        TellExaminers examiners, IOptions<BroadcastOptions> options, TimeProvider clock, ILogger<BroadcastMessage> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow().InMicroseconds;
        if (await db.Broadcasts.SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        if (broadcast.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (broadcast.State != BroadcastState.Draft)
            return Problems.Conflict("broadcast-not-draft");
        if (await db.Revisions.SingleOrDefaultAsync(r => r.BroadcastId == id && r.No == broadcast.Revision, stop) is not { } revision)
            return Problems.Conflict("not-worded");
        if (await db.Decisions.AnyAsync(d => d.BroadcastId == id && d.Revision == revision.No, stop))
            return Problems.Conflict("wording-decided");
        if (WordingTimes.WhyNot(revision.SendAt, revision.ValidUntil, Invitation.Read(revision.Invitation)?.StartsAt, now) is { } why)
            return Problems.Conflict(why);
        if (await Authority.FindAsync(db, broadcast.OriginatorId, broadcast.Kind, now, stop) is null)
            return Problems.Conflict("authority-missing");
        // A unit or list that was closed since would silently make the list shorter.
        if (await CheckAudience.RefuseAsync(db, Audience.Read(revision.Audience), broadcast.CorrectsId is not null, now, stop) is { } wrongAudience)
            return wrongAudience;

        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        // Whoever had his SMS ordered after this list is made would have the error and never its correction. Nobody resumes that one meanwhile, nor as long as this one stands.
        if (broadcast.CorrectsId is { } corrected
            && (await db.Broadcasts.FromSql($"select * from broadcast where id = {corrected} for share").AsNoTracking().SingleAsync(stop)).State == BroadcastState.Sending)
            return Problems.Conflict("corrected-still-sending");
        var list = await FreezeList.RunAsync(db, broadcast, revision, now, stop);
        if (list.Recipients == 0)
            return Problems.Conflict("audience-nobody");
        var (authority, refusal) = await Authority.OfListAsync(db, broadcast, revision.No, now, stop);
        if (authority is null)
            return refusal!;
        if (await db.Recipients.AnyAsync(r => r.BroadcastId == id && r.Revision == revision.No && r.Segments > Travel.MostSegments, stop))
            return Problems.Conflict("too-many-segments");

        (broadcast.OriginatorBasis, broadcast.LetterId, broadcast.State, broadcast.ChangedAt) = (authority.Basis, authority.LetterId, BroadcastState.Submitted, now);
        broadcast.Version++;
        revision.ContentHash = ContentHash.Of(broadcast, revision, list.Hash);
        var hash = Convert.ToHexStringLower(revision.ContentHash);
        db.Record(broadcast, nameof(SubmitBroadcast), user.Actor, now,
            new { contentHash = hash, recipients = list.Recipients, segments = list.Segments, basis = authority.Basis, letterId = authority.LetterId });
        await examiners.RunAsync(broadcast, "broadcast.waits", released: null, now, stop);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Submitted(log, broadcast.Number, revision.No, list.Recipients);
        return TypedResults.Ok(new Response(BroadcastItem.Of.Compile()(broadcast), hash, list.Recipients, list.Segments, list.Segments * options.Value.PricePerSegment, list.Counts));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Revision {Revision} of broadcast {BroadcastNumber} was submitted with {Recipients} recipients")]
    private static partial void Submitted(ILogger log, long broadcastNumber, int revision, int recipients);
}
