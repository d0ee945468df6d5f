using System.ComponentModel.DataAnnotations;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>Numbers that nobody has said to be right for a year (DIR-5, BRO-9), the longest first.</summary>
public static class ListDueNoticePhones
{
    /// <param name="ProvedAt">When its owner last entered a code that was sent to it.</param>
    /// <param name="RightAt">When it was last entered, proved or found right; the epoch where nobody knows.</param>
    /// <param name="RemindedAt">When its owner was last asked to prove it again.</param>
    /// <param name="OfficialVersion">For the check.</param>
    public sealed record Item(
        Guid OfficialId, string EmployeeNumber, string OfficialName, string NumberMasked, DateTimeOffset? ProvedAt, DateTimeOffset RightAt, DateTimeOffset? RemindedAt, long OfficialVersion);

    internal sealed class Due
    {
        public required Official Official { get; init; }
        public required DateTimeOffset RightAt { get; init; }
    }

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/notice-phones/due", HandleAsync).WithName(nameof(ListDueNoticePhones));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var after, out var id))
            return Problems.Invalid("cursor", "cursor");
        var due = await Of(db, clock.GetUtcNow())
            .Where(due => cursor == null || due.RightAt > after || (due.RightAt == after && due.Official.Id.CompareTo(id) > 0))
            .OrderBy(due => due.RightAt).ThenBy(due => due.Official.Id).Take(Paging.PageSize + 1)
            .Select(due => new
            {
                due.Official.Id,
                due.Official.EmployeeNumber,
                due.Official.Name,
                due.Official.NoticePhone,
                due.Official.NoticePhoneProvedAt,
                due.RightAt,
                RemindedAt = db.NoticePhoneReminders.Where(reminder => reminder.OfficialId == due.Official.Id).Select(reminder => (DateTimeOffset?)reminder.ToldAt).SingleOrDefault(),
                due.Official.Version,
            }).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(
            due.ConvertAll(d => new Item(d.Id, d.EmployeeNumber, d.Name, PhoneNumber.Mask(d.NoticePhone!), d.NoticePhoneProvedAt, d.RightAt, d.RemindedAt, d.Version)),
            item => Paging.Cursor(item.RightAt, item.OfficialId)));
    }

    internal static IQueryable<Due> Of(DirectoryDb db, DateTimeOffset now)
    {
        var since = now - db.NoticePhones.CheckAfter;
        return db.Officials.Where(official => official.NoticePhone != null)
            .Select(official => new Due
            {
                Official = official,
                RightAt = EF.Functions.Greatest(official.NoticePhoneSince, official.NoticePhoneProvedAt, official.NoticePhoneCheckedAt) ?? DateTimeOffset.UnixEpoch,
            })
            .Where(due => due.RightAt < since);
    }
}
