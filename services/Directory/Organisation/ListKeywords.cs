using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Contracts.Directory;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Organisation;

/// <summary>Whose a word was, is and will be, latest first (DIR-4); at an instant, if one is asked for.</summary>
public static class ListKeywords
{
    /// <param name="Id">Of this use of the word.</param>
    /// <param name="Word">Upper case.</param>
    /// <param name="Kind">Primary, alias or misspelling.</param>
    /// <param name="PositionCode">Whose it is.</param>
    /// <param name="From">First instant.</param>
    /// <param name="To">First instant that no longer counts; the same as <paramref name="From"/> for a cancelled one.</param>
    /// <param name="RestsUntil">Until then no other position can have it.</param>
    /// <param name="PositionVersion">For changing it.</param>
    public sealed record Item(
        Guid Id, string Word, KeywordKind Kind, string PositionCode, DateTimeOffset From, DateTimeOffset? To, DateTimeOffset? RestsUntil, long PositionVersion);

    internal static Expression<Func<PositionKeyword, Item>> ToItem { get; } = keyword => new(
        keyword.Id, keyword.Word, keyword.Kind, keyword.Position!.Code, keyword.ValidFrom, keyword.ValidTo, keyword.RestsUntil, keyword.Position.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/keywords", HandleAsync).WithName(nameof(ListKeywords));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Keyword.LongestAsWritten), RegularExpression(Spelling.Line)] string? word,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? positionCode,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf,
        string? cursor, DirectoryDb db, CityTime city, CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var at))
            return Problems.Invalid("asOf", "value");
        if (!Paging.TryReadCursor(cursor, out var from, out var id))
            return Problems.Invalid("cursor", "cursor");
        var written = word?.ToUpperInvariant();
        var items = await db.PositionKeywords
            .Where(keyword => (written == null || keyword.Word == written) && (positionCode == null || keyword.Position!.Code == positionCode)
                && (at == null || (keyword.ValidFrom <= at && (keyword.ValidTo == null || at < keyword.ValidTo)))
                && (cursor == null || keyword.ValidFrom < from || (keyword.ValidFrom == from && keyword.Id.CompareTo(id) < 0)))
            .OrderByDescending(keyword => keyword.ValidFrom).ThenByDescending(keyword => keyword.Id)
            .Take(Paging.PageSize + 1).Select(ToItem).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.From, item.Id)));
    }
}
