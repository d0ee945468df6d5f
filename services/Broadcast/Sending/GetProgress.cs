using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Sending;

/// <summary>How far the sending is: every recipient of the list in exactly one state, and what Notification says of those that are ordered.</summary>
internal static class GetProgress
{
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(30);

    /// <summary>What is shown with one decimal is not zero then; below it an end would lie beyond any calendar.</summary>
    private const double Slowest = 0.05;

    /// <param name="Recipients">Everybody in the list, by state; they add up to it.</param>
    /// <param name="Total">The list.</param>
    /// <param name="HandedOver">A provider has them or may have them, and did not say that they failed; cancelling calls none back.</param>
    /// <param name="Waiting">Ordered, and with no provider yet.</param>
    /// <param name="Uncertain">Nobody knows whether a provider has them; among those handed over.</param>
    /// <param name="PerSecond">Handed over of late; 0 when nothing moves.</param>
    /// <param name="EstimatedEndAt">A forecast, no promise; null when nothing moves.</param>
    /// <param name="Version">To be given with the next move.</param>
    public sealed record Response(
        Guid Id, long Number, BroadcastState State, IReadOnlyList<Count> Recipients, int Total, long HandedOver, long Waiting, long Uncertain, double PerSecond,
        DateTimeOffset? EstimatedEndAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, long Version);

    /// <param name="SkipReason">Of those who get none.</param>
    public sealed record Count(RecipientState State, string? SkipReason, int Recipients);

    /// <summary>How a broadcast looks to whoever lost a race.</summary>
    public sealed record Current(Guid Id, long Number, BroadcastState State, int Revision, long Version);

    public static void Map(RouteGroupBuilder group) => group.MapGet("/{id:guid}/progress", HandleAsync)
        .WithName(nameof(GetProgress)).WithSummary("How far the sending is: counts that add up, rate, estimated end")
        .RequirePermission(Permissions.ReadBroadcasts).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(Guid id, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        // One snapshot, so that the counts are of one moment.
        await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
        return await db.ReadableBy(user).SingleOrDefaultAsync(b => b.Id == id, stop) is { } broadcast
            ? TypedResults.Ok(await OfAsync(db, broadcast, clock.GetUtcNow(), stop))
            : Problems.NotFound();
    }

    internal static async Task<Response> OfAsync(BroadcastDb db, BroadcastMessage broadcast, DateTimeOffset now, CancellationToken stop)
    {
        var counts = await db.Recipients.Where(r => r.BroadcastId == broadcast.Id && r.Revision == broadcast.Revision).GroupBy(r => new { r.State, r.SkipReason })
            .OrderBy(group => group.Key.State).ThenBy(group => group.Key.SkipReason)
            .Select(group => new Count(group.Key.State, group.Key.SkipReason, group.Count())).ToListAsync(stop);
        var sending = await db.Sendings.AsNoTracking().SingleOrDefaultAsync(s => s.BroadcastId == broadcast.Id, stop) ?? new();
        var rate = broadcast.State == BroadcastState.Sending && now - sending.ToldAt < Standstill && sending.PerSecond >= Slowest ? sending.PerSecond : 0;
        var rest = counts.Where(count => count.State == RecipientState.Listed).Sum(count => count.Recipients) + sending.Ahead;
        return new(broadcast.Id, broadcast.Number, broadcast.State, counts, counts.Sum(count => count.Recipients), sending.HandedOver + sending.Uncertain + sending.Delivered,
            sending.Ahead, sending.Uncertain, Math.Round(rate, 1), rate > 0 ? now.AddSeconds(Math.Ceiling(rest / rate)) : null, broadcast.StartedAt, broadcast.EndedAt, broadcast.Version);
    }
}
