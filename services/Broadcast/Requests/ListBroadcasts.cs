using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Requests;

/// <summary>Broadcasts, newest first.</summary>
internal static class ListBroadcasts
{
    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/", HandleAsync)
        .WithName(nameof(ListBroadcasts)).WithSummary("Broadcasts, newest first: of one state, of those let go unexamined by what was said of them, by number")
        .RequirePermission(Permissions.ReadBroadcasts).ProducesValidationProblem();

    private static async Task<Results<Ok<Page<BroadcastItem>>, ProblemHttpResult>> HandleAsync(
        BroadcastState? state, Afterwards? examination, long? number, [StringLength(64)] string? cursor, ClaimsPrincipal user, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await db.ReadableBy(user).Where(b => (state == null || b.State == state) && (examination == null || b.Afterwards == examination) && (number == null || b.Number == number)
                && (b.CreatedAt < before || (b.CreatedAt == before && b.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(b => b.CreatedAt).ThenByDescending(b => b.Id).Select(BroadcastItem.Of).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.CreatedAt, last.Id)));
    }
}
