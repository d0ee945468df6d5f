using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Requests;

/// <summary>What happened to a broadcast, newest first; sealed.</summary>
internal static class ListHistory
{
    /// <param name="Kind">Name of the operation or of what happened by itself.</param>
    /// <param name="Actor">Account, or <c>system</c>.</param>
    /// <param name="Revision">That counted then.</param>
    internal sealed record Item(Guid Id, string Kind, string Actor, int Revision, JsonElement? Details, DateTimeOffset At);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/{id:guid}/history", HandleAsync)
        .WithName("ListBroadcastHistory").WithSummary("What happened to a broadcast, newest first").RequirePermission(Permissions.ReadBroadcasts)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        Guid id, [StringLength(64)] string? cursor, ClaimsPrincipal user, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (!await db.ReadableBy(user).AnyAsync(b => b.Id == id, stop))
            return Problems.NotFound();
        var rows = await db.Events.AsNoTracking().Where(e => e.BroadcastId == id && (e.At < before || (e.At == before && e.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(
            rows.ConvertAll(e => new Item(e.Id, e.Kind, e.Actor, e.Revision, e.Details is null ? null : JsonElement.Parse(e.Details), e.At)), last => Paging.Cursor(last.At, last.Id)));
    }
}
