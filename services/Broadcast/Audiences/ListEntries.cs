using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>Posts and people of an own list.</summary>
internal static class ListEntries
{
    /// <param name="Id">Of the entry.</param>
    /// <param name="PositionId">A post.</param>
    /// <param name="Title">Of the post.</param>
    /// <param name="OfficialId">A person.</param>
    /// <param name="Name">Of the person.</param>
    /// <param name="AddedBy">Account.</param>
    /// <param name="AddedAt">When.</param>
    public sealed record Item(Guid Id, Guid? PositionId, string? Title, Guid? OfficialId, string? Name, string AddedBy, DateTimeOffset AddedAt);

    public static void Map(RouteGroupBuilder lists) => lists.MapGet("/{id:guid}/entries", Handle)
        .WithName("ListRecipientListEntries").WithSummary("Posts and people of an own list").RequirePermission(Permissions.ReadAudiences)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(Guid id, [StringLength(64)] string? cursor, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out _, out var after))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (!await db.RecipientLists.AnyAsync(list => list.Id == id, stop))
            return Problems.NotFound();
        var entries = db.ListEntries.AsNoTracking().Where(entry => entry.ListId == id && entry.RemovedAt == null);
        if (cursor is { Length: > 0 })
            entries = entries.Where(entry => entry.Id.CompareTo(after) > 0);
        var rows = await (
            from entry in entries
            join position in db.Positions on entry.PositionId equals position.Id into positions
            from position in positions.DefaultIfEmpty()
            join official in db.Officials on entry.OfficialId equals official.Id into officials
            from official in officials.DefaultIfEmpty()
            orderby entry.Id
            select new Item(entry.Id, entry.PositionId, position!.Title, entry.OfficialId, official!.Name, entry.AddedBy, entry.AddedAt)).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(DateTimeOffset.UnixEpoch, last.Id)));
    }
}
