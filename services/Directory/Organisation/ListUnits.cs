using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Organisation;

/// <summary>Units in the order of their codes (DIR-1).</summary>
public static class ListUnits
{
    public sealed record Item(Guid Id, string Code, string Name, string? ParentCode, long Version);

    internal static Expression<Func<OrganizationUnit, Item>> ToItem { get; } =
        unit => new(unit.Id, unit.Code, unit.Name, unit.Parent!.Code, unit.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/units", HandleAsync).WithName(nameof(ListUnits));

    private static async Task<Ok<Page<Item>>> HandleAsync(
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? code,
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, CancellationToken stop)
    {
        var items = await db.Units
            .Where(unit => (code == null || unit.Code == code) && (cursor == null || unit.Code.CompareTo(cursor) > 0))
            .OrderBy(unit => unit.Code).Take(Paging.PageSize + 1).Select(ToItem).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => item.Code));
    }
}
