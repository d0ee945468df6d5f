using System.ComponentModel.DataAnnotations;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>Officials in the order of their employee numbers (DIR-1), as of any instant: name, number and sender ID of then. The phone number is masked.</summary>
public static class ListOfficials
{
    /// <param name="NoticePhoneProvedAt">When its owner entered a code that was sent to it; null while it is only the Administrator's word.</param>
    public sealed record Item(Guid Id, string EmployeeNumber, string Name, string? NoticePhoneMasked, DateTimeOffset? NoticePhoneProvedAt, string? SenderId, long Version);

    internal static Item ToItem(Official official, DateTimeOffset now) => new(
        official.Id, official.EmployeeNumber, official.Name, official.NoticePhone is { } phone ? PhoneNumber.Mask(phone) : null, official.NoticePhoneProvedAt, official.SenderIdAt(now),
        official.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/officials", HandleAsync).WithName(nameof(ListOfficials));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? employeeNumber,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf,
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, CityTime city, TimeProvider clock,
        CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var instant))
            return Problems.Invalid("asOf", "value");
        var at = instant ?? clock.GetUtcNow();
        var officials = await db.OfficialsAsOf(instant ?? History.AsItIs)
            .Where(official => (employeeNumber == null || official.EmployeeNumber == employeeNumber)
                && (cursor == null || official.EmployeeNumber.CompareTo(cursor) > 0))
            .OrderBy(official => official.EmployeeNumber).Take(Paging.PageSize + 1)
            .Select(official => new
            {
                official.OfficialId,
                official.EmployeeNumber,
                official.Name,
                // A number of then is the one of now, or a former one.
                Number = official.Official!.NoticePhone != null && (instant == null || official.Official.NoticePhoneSince == null || official.Official.NoticePhoneSince <= at)
                    ? official.Official.NoticePhone
                    : db.FormerNoticePhones.Where(former => former.OfficialId == official.OfficialId && at < former.UsedTo && (former.UsedFrom == null || former.UsedFrom <= at))
                        .OrderBy(former => former.UsedTo).Select(former => former.Number).FirstOrDefault(),
                ProvedAt = instant == null || official.Official.NoticePhoneProvedAt <= at
                    ? official.Official.NoticePhoneProvedAt
                    : null,
                SenderId = db.OfficialSenderIds
                    .Where(used => used.OfficialId == official.OfficialId && used.ValidFrom <= at && (used.ValidTo == null || at < used.ValidTo))
                    .Select(used => used.SenderId).FirstOrDefault(),
                Version = instant == null ? official.Official.Version : official.Version,
            }).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(
            officials.ConvertAll(official => new Item(official.OfficialId, official.EmployeeNumber, official.Name,
                official.Number is null ? null : PhoneNumber.Mask(official.Number), official.ProvedAt, official.SenderId, official.Version)),
            item => item.EmployeeNumber));
    }
}
