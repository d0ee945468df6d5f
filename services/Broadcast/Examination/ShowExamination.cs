using System.Security.Claims;
using Broadcast.Audiences;
using Broadcast.Receiving;
using Broadcast.Requests;
using Broadcast.Storage;
using Broadcast.Wording;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

/// <summary>All that the examiner signs, in one look: request, wording, how many get it and why others do not, words to look at twice, and whether he may decide.</summary>
internal static class ShowExamination
{
    /// <param name="Request">What the originator wants to be said.</param>
    /// <param name="LetterId">His authority in writing.</param>
    /// <param name="Wording">With the hash that a decision names.</param>
    /// <param name="Counts">Everybody in the list, by state and by why he is skipped.</param>
    /// <param name="Cost">Of all SMS in rupiah; null where the price is not set.</param>
    /// <param name="Shared">Recipients whose number is another person's too: where the text names people, theirs names nobody.</param>
    /// <param name="SameText">Numbers of the other broadcasts with the very same text that were sent in the last 24 hours or wait for it.</param>
    /// <param name="Words">Where the text, subject, place or dress have a word of the list.</param>
    /// <param name="MayNot">Why the caller may not decide, the code of the refusal; null when he may.</param>
    internal sealed record Response(
        BroadcastItem Broadcast, string Request, Guid? LetterId, RevisionItem Wording, IReadOnlyList<FrozenList.Count> Counts, decimal? Cost,
        int Shared, IReadOnlyList<long> SameText, IReadOnlyList<FindWords.Hit> Words, string? MayNot);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/{id:guid}/examination", HandleAsync)
        .WithName(nameof(ShowExamination)).WithSummary("What is to be examined: exactly this text, audience, time and sender").RequirePermission(Permissions.ExamineBroadcasts)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, ClaimsPrincipal user, BroadcastDb db, Examiner examiner, IOptions<BroadcastOptions> options, IOptions<ReceivingOptions> receiving, TimeProvider clock, CancellationToken stop)
    {
        if (await db.ReadableBy(user).SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        if (await db.Revisions.AsNoTracking().SingleOrDefaultAsync(r => r.BroadcastId == id && r.No == broadcast.Revision && r.ContentHash != null, stop) is not { } revision)
            return Problems.Conflict("broadcast-not-submitted");
        var counts = await db.Recipients.Where(r => r.BroadcastId == id && r.Revision == revision.No).GroupBy(r => new { r.State, r.SkipReason })
            .Select(g => new FrozenList.Count(g.Key.State, g.Key.SkipReason, g.Count())).ToListAsync(stop);
        var shared = await db.Recipients.CountAsync(r => r.BroadcastId == id && r.Revision == revision.No && r.IsShared, stop);
        var same = await SameText.FindAsync(db, revision.Text, broadcast.Number, receiving.Value, clock.GetUtcNow(), stop);
        var (_, refusal) = await examiner.FindAsync(broadcast, user, stop);
        return TypedResults.Ok(new Response(BroadcastItem.Of.Compile()(broadcast), broadcast.Request, broadcast.LetterId, RevisionItem.Of(revision), counts,
            revision.Segments * options.Value.PricePerSegment, shared, same, await FindWords.InAsync(db, broadcast, revision, stop), refusal is null ? null : Problems.Read(refusal).Code));
    }
}
