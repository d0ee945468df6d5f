using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Organisation;

/// <summary>Positions in the order of their codes (DIR-1).</summary>
public static class ListPositions
{
    public sealed record Item(Guid Id, string Code, string Title, PositionKind Kind, string UnitCode, string? Keyword, long Version);

    internal static Expression<Func<Position, Item>> ToItem { get; } = position => new(
        position.Id, position.Code, position.Title, position.Kind, position.Unit!.Code, position.Keyword, position.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/positions", HandleAsync).WithName(nameof(ListPositions));

    private static async Task<Ok<Page<Item>>> HandleAsync(
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? code,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? unitCode,
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, CancellationToken stop)
    {
        var items = await db.Positions
            .Where(position => (code == null || position.Code == code) && (unitCode == null || position.Unit!.Code == unitCode)
                && (cursor == null || position.Code.CompareTo(cursor) > 0))
            .OrderBy(position => position.Code).Take(Paging.PageSize + 1).Select(ToItem).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => item.Code));
    }
}
