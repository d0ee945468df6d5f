using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Wording;

/// <summary>How a broadcast was worded, newest first.</summary>
internal static class ListRevisions
{
    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/{id:guid}/revisions", HandleAsync)
        .WithName(nameof(ListRevisions)).WithSummary("Wordings of a broadcast, newest first").RequirePermission(Permissions.ReadBroadcasts)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Page<RevisionItem>>, ProblemHttpResult>> HandleAsync(
        Guid id, [StringLength(64)] string? cursor, ClaimsPrincipal user, BroadcastDb db, CancellationToken stop)
    {
        var before = int.MaxValue;
        if (cursor is not null && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (!await db.ReadableBy(user).AnyAsync(b => b.Id == id, stop))
            return Problems.NotFound();
        var rows = await db.Revisions.AsNoTracking().Where(r => r.BroadcastId == id && r.No < before)
            .OrderByDescending(r => r.No).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows.ConvertAll(RevisionItem.Of), last => last.No.ToString(CultureInfo.InvariantCulture)));
    }
}
