using System.ComponentModel.DataAnnotations;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>Officials in the order of their employee numbers (DIR-1). The phone number is masked.</summary>
public static class ListOfficials
{
    /// <param name="NoticePhoneProvedAt">When its owner entered a code that was sent to it; null while it is only the Administrator's word.</param>
    public sealed record Item(Guid Id, string EmployeeNumber, string Name, string? NoticePhoneMasked, DateTimeOffset? NoticePhoneProvedAt, string? SenderId, long Version);

    internal static Item ToItem(Official official, DateTimeOffset now) => new(
        official.Id, official.EmployeeNumber, official.Name, official.NoticePhone is { } phone ? PhoneNumber.Mask(phone) : null, official.NoticePhoneProvedAt, official.SenderIdAt(now),
        official.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/officials", HandleAsync).WithName(nameof(ListOfficials));

    private static async Task<Ok<Page<Item>>> HandleAsync(
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? employeeNumber,
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, TimeProvider clock,
        CancellationToken stop)
    {
        var officials = await db.Officials.AsNoTracking()
            .Where(official => (employeeNumber == null || official.EmployeeNumber == employeeNumber)
                && (cursor == null || official.EmployeeNumber.CompareTo(cursor) > 0))
            .OrderBy(official => official.EmployeeNumber).Take(Paging.PageSize + 1).ToListAsync(stop);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(Paging.PageOf(officials.ConvertAll(official => ToItem(official, now)), item => item.EmployeeNumber));
    }
}
