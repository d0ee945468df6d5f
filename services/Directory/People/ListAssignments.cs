using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using Contracts.Directory;
using Directory.Restructuring;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.People;

/// <summary>Who held what and when, latest first (DIR-1: history is kept); as of an instant, who held it then, by the name of then.</summary>
public static class ListAssignments
{
    public sealed record Item(
        Guid Id, string EmployeeNumber, string OfficialName, string PositionCode, AssignmentKind Kind, string? OrderNumber, DateTimeOffset From, DateTimeOffset? To,
        long Version);

    internal static Expression<Func<Assignment, Item>> ToItem { get; } = assignment => new(
        assignment.Id, assignment.Official!.EmployeeNumber, assignment.Official.Name, assignment.Position!.Code, assignment.Kind,
        assignment.OrderNumber, assignment.HeldFrom, assignment.HeldTo, assignment.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/assignments", HandleAsync).WithName(nameof(ListAssignments));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? employeeNumber,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? positionCode,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf,
        string? cursor, ClaimsPrincipal user, DirectoryDb db, Rehearsal rehearsal, CityTime city, CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var at))
            return Problems.Invalid("asOf", "value");
        if (!Paging.TryReadCursor(cursor, out var from, out var id))
            return Problems.Invalid("cursor", "cursor");
        var items = await rehearsal.AsOfAsync(db, user, at ?? History.AsItIs, view => view.Assignments
            .Where(assignment => (employeeNumber == null || assignment.Official!.EmployeeNumber == employeeNumber)
                && (at == null || (assignment.HeldFrom <= at && (assignment.HeldTo == null || at < assignment.HeldTo)))
                && (positionCode == null || assignment.Position!.Code == positionCode)
                && (cursor == null || assignment.HeldFrom < from || (assignment.HeldFrom == from && assignment.Id.CompareTo(id) < 0)))
            .OrderByDescending(assignment => assignment.HeldFrom).ThenByDescending(assignment => assignment.Id)
            .Take(Paging.PageSize + 1).Select(ToItem).ToListAsync(stop), stop);
        var names = await db.NamesAsOfAsync(at, items.Select(item => item.EmployeeNumber), stop);
        return TypedResults.Ok(Paging.PageOf(
            items.ConvertAll(item => item with { OfficialName = names.GetValueOrDefault(item.EmployeeNumber, item.OfficialName) }), item => Paging.Cursor(item.From, item.Id)));
    }
}
