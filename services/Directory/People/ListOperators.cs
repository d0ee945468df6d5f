using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.People;

/// <summary>Operators of units, latest first (DIR-3); at an instant, if one is asked for.</summary>
public static class ListOperators
{
    /// <param name="Id">Of the appointment.</param>
    /// <param name="UnitCode">Whose operator.</param>
    /// <param name="EmployeeNumber">Of the official.</param>
    /// <param name="OfficialName">His name.</param>
    /// <param name="PositionCode">By which he belongs to the unit.</param>
    /// <param name="From">First instant.</param>
    /// <param name="To">First instant that no longer counts: of the appointment, or of the position if that ends earlier.</param>
    /// <param name="Letter">Of the head, if the Administrator entered the appointment.</param>
    public sealed record Item(
        Guid Id, string UnitCode, string EmployeeNumber, string OfficialName, string PositionCode, DateTimeOffset From, DateTimeOffset? To, string? Letter);

    internal static Expression<Func<UnitOperator, Item>> ToItem { get; } = appointed => new(
        appointed.Id, appointed.Unit!.Code, appointed.Assignment!.Official!.EmployeeNumber, appointed.Assignment.Official.Name, appointed.Assignment.Position!.Code,
        appointed.ValidFrom,
        appointed.ValidTo == null || appointed.Assignment.HeldTo < appointed.ValidTo ? appointed.Assignment.HeldTo : appointed.ValidTo, appointed.Letter);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/operators", HandleAsync).WithName(nameof(ListOperators));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? unitCode,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf,
        string? cursor, DirectoryDb db, CityTime city, CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var at))
            return Problems.Invalid("asOf", "value");
        if (!Paging.TryReadCursor(cursor, out var from, out var id))
            return Problems.Invalid("cursor", "cursor");
        var operators = at is null ? db.UnitOperators : db.OperatorsAt(at.Value);
        var items = await operators
            .Where(appointed => (unitCode == null || appointed.Unit!.Code == unitCode)
                && (cursor == null || appointed.ValidFrom < from || (appointed.ValidFrom == from && appointed.Id.CompareTo(id) < 0)))
            .OrderByDescending(appointed => appointed.ValidFrom).ThenByDescending(appointed => appointed.Id)
            .Take(Paging.PageSize + 1).Select(ToItem).ToListAsync(stop);
        var names = await db.NamesAsOfAsync(at, items.Select(item => item.EmployeeNumber), stop);
        return TypedResults.Ok(Paging.PageOf(
            items.ConvertAll(item => item with { OfficialName = names.GetValueOrDefault(item.EmployeeNumber, item.OfficialName) }), item => Paging.Cursor(item.From, item.Id)));
    }
}
