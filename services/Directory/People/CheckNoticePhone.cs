using System.ComponentModel.DataAnnotations;
using Directory.Accounts;
using Directory.Auditing;
using Directory.Copies;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>
/// The Administrator has found out that a number is still its owner's, whatever way the reason says (DIR-5): it counts as right for another year. The owner does so himself by
/// <see cref="ProposeNoticePhone"/> of the same number and <see cref="ProveNoticePhone"/>. An administrator's own is another one's to check.
/// </summary>
public static class CheckNoticePhone
{
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/officials/{id:guid}/notice-phone/check", HandleAsync).WithName(nameof(CheckNoticePhone))
        .ShowsCurrent<Official, ListOfficials.Item>(now => official => ListOfficials.ToItem(official, now));

    private static async Task<Results<Ok<ListOfficials.Item>, ProblemHttpResult>> HandleAsync(Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Officials.SingleOrDefaultAsync(official => official.Id == id, stop) is not { } official)
            return Problems.NotFound();
        if (official.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (official.NoticePhone is null)
            return Problems.Conflict("no-number");
        if (await db.Accounts.AsNoTracking().SingleOrDefaultAsync(account => account.OfficialId == id, stop) is { } account
            && await OwnHands.ProblemOfAsync(db, caller, account, stop) is { } ownership)
            return Problems.Conflict(ownership);

        var (now, before) = (db.EffectiveNow, new { official.NoticePhoneCheckedAt });
        official.NoticePhoneCheckedAt = now;
        official.Version++;
        db.Tell(official, caller.Actor, now);
        db.Write(caller, nameof(CheckNoticePhone), ("Official", id), before, new { official.NoticePhoneCheckedAt }, request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ListOfficials.ToItem(official, now));
    }
}
