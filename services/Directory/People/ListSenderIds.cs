using System.ComponentModel.DataAnnotations;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.People;

/// <summary>Whose a sender ID was, is and will be, latest first (DIR-4), with those that look like it; at an instant, if one is asked for.</summary>
public static class ListSenderIds
{
    /// <param name="Id">Of this use of the name.</param>
    /// <param name="SenderId">As it is shown.</param>
    /// <param name="EmployeeNumber">Whose it is.</param>
    /// <param name="OfficialName">His name.</param>
    /// <param name="From">First instant.</param>
    /// <param name="To">First instant that no longer counts; the same as <paramref name="From"/> for a cancelled one.</param>
    /// <param name="RestsUntil">Until then nobody else can have it.</param>
    public sealed record Item(
        Guid Id, string SenderId, string EmployeeNumber, string OfficialName, DateTimeOffset From, DateTimeOffset? To, DateTimeOffset? RestsUntil);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/sender-ids", HandleAsync).WithName(nameof(ListSenderIds));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Contact.LongestSenderIdAsWritten), RegularExpression("^[A-Za-z0-9]+$")] string? senderId,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? employeeNumber,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf,
        string? cursor, DirectoryDb db, CityTime city, CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var at))
            return Problems.Invalid("asOf", "value");
        if (!Paging.TryReadCursor(cursor, out var from, out var id))
            return Problems.Invalid("cursor", "cursor");
        var items = await db.OfficialSenderIds
            .Where(used => (senderId == null || Contact.Looks(used.SenderId) == Contact.Looks(senderId)) && (employeeNumber == null || used.Official!.EmployeeNumber == employeeNumber)
                && (at == null || (used.ValidFrom <= at && (used.ValidTo == null || at < used.ValidTo)))
                && (cursor == null || used.ValidFrom < from || (used.ValidFrom == from && used.Id.CompareTo(id) < 0)))
            .OrderByDescending(used => used.ValidFrom).ThenByDescending(used => used.Id).Take(Paging.PageSize + 1)
            .Select(used => new Item(used.Id, used.SenderId, used.Official!.EmployeeNumber, used.Official.Name, used.ValidFrom, used.ValidTo, used.RestsUntil))
            .ToListAsync(stop);
        var names = await db.NamesAsOfAsync(at, items.Select(item => item.EmployeeNumber), stop);
        return TypedResults.Ok(Paging.PageOf(
            items.ConvertAll(item => item with { OfficialName = names.GetValueOrDefault(item.EmployeeNumber, item.OfficialName) }), item => Paging.Cursor(item.From, item.Id)));
    }
}
