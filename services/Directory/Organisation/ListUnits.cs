using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using Directory.Restructuring;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Organisation;

/// <summary>
/// Units in the order of their codes (DIR-1), all or <c>below</c> one, that one included; as of any instant, also one ahead, as far as it is planned. Closed ones are
/// left out unless they are asked for.
/// </summary>
public static class ListUnits
{
    public sealed record Item(Guid Id, string Code, string Name, string? ParentCode, DateTimeOffset? ClosedAt, long Version);

    internal static Expression<Func<OrganizationUnit, Item>> ToItem { get; } =
        unit => new(unit.Id, unit.Code, unit.Name, unit.Parent!.Code, unit.ClosedAt, unit.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/units", HandleAsync).WithName(nameof(ListUnits));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? code,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? below,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf,
        bool? includeClosed,
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor,
        ClaimsPrincipal user, DirectoryDb db, Rehearsal rehearsal, CityTime city, CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var instant))
            return Problems.Invalid("asOf", "value");
        var at = instant ?? History.AsItIs;
        return await rehearsal.AsOfAsync<Results<Ok<Page<Item>>, ProblemHttpResult>>(db, user, at, async view =>
        {
            var root = await view.UnitsAsOf(at).Where(unit => unit.Code == below).Select(unit => (Guid?)unit.UnitId).SingleOrDefaultAsync(stop);
            if (below is not null && root is null)
                return Problems.Invalid("below", "unit-unknown");
            var top = root ?? Guid.Empty;
            var items = await view.UnitsAsOf(at)
                .Where(unit => (code == null || unit.Code == code) && (cursor == null || unit.Code.CompareTo(cursor) > 0)
                    && (unit.ClosedAt == null || includeClosed == true || code != null)
                    && (below == null || view.UnitsBelow(top, at).Any(member => member.UnitId == unit.UnitId)))
                .OrderBy(unit => unit.Code).Take(Paging.PageSize + 1)
                .Select(unit => new Item(unit.UnitId, unit.Code, unit.Name, unit.Parent!.Code, unit.ClosedAt, unit.Version)).ToListAsync(stop);
            return TypedResults.Ok(Paging.PageOf(items, item => item.Code));
        }, stop);
    }
}
