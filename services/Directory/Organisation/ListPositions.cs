using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using Contracts.Directory;
using Directory.Restructuring;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Organisation;

/// <summary>Positions in the order of their codes (DIR-1), of all units or one; as of any instant, also one ahead. Closed ones are left out unless they are asked for.</summary>
public static class ListPositions
{
    public sealed record Item(
        Guid Id, string Code, string Title, PositionKind Kind, string? Grade, bool SignsDocuments, string UnitCode, string? Keyword, DateTimeOffset? ClosedAt, long Version);

    internal static Expression<Func<Position, Item>> ToItem(DateTimeOffset at) => position => new(
        position.Id, position.Code, position.Title, position.Kind, position.Grade, position.SignsDocuments, position.Unit!.Code,
        position.Keywords.Where(keyword => keyword.Kind == KeywordKind.Primary && keyword.ValidFrom <= at && (keyword.ValidTo == null || at < keyword.ValidTo))
            .Select(keyword => keyword.Word).FirstOrDefault(), position.ClosedAt, position.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/positions", HandleAsync).WithName(nameof(ListPositions));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? code,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? unitCode,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf,
        bool? includeClosed,
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor,
        ClaimsPrincipal user, DirectoryDb db, Rehearsal rehearsal, CityTime city, CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var instant))
            return Problems.Invalid("asOf", "value");
        var at = instant ?? History.AsItIs;
        var keywordAt = instant ?? db.EffectiveNow;
        var items = await rehearsal.AsOfAsync(db, user, at, view => view.PositionsAsOf(at)
            .Where(position => (code == null || position.Code == code) && (unitCode == null || position.Unit!.Code == unitCode)
                && (position.ClosedAt == null || includeClosed == true || code != null)
                && (cursor == null || position.Code.CompareTo(cursor) > 0))
            .OrderBy(position => position.Code).Take(Paging.PageSize + 1)
            .Select(position => new Item(
                position.PositionId, position.Code, position.Title, position.Kind, position.Grade, position.SignsDocuments, position.Unit!.Code,
                view.PositionKeywords.Where(keyword => keyword.PositionId == position.PositionId && keyword.Kind == KeywordKind.Primary
                    && keyword.ValidFrom <= keywordAt && (keyword.ValidTo == null || keywordAt < keyword.ValidTo)).Select(keyword => keyword.Word).FirstOrDefault(),
                position.ClosedAt, position.Version))
            .ToListAsync(stop), stop);
        return TypedResults.Ok(Paging.PageOf(items, item => item.Code));
    }
}
