using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
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
/// One number per person for notices; who changes it reports to the Administrator first, who enters it here (DIR-5; BJN 12(1)b,c). The reason is that report.
/// </summary>
public static class ChangeNoticePhone
{
    // Null takes it away; left out, by a slip of the pen, it does not.
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason,
        [StringLength(Contact.LongestNumberAsWritten)][property: JsonRequired] string? Number);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPut("/officials/{id:guid}/notice-phone", HandleAsync).WithName(nameof(ChangeNoticePhone))
        .ShowsCurrent<Official, ListOfficials.Item>(now => official => ListOfficials.ToItem(official, now));

    private static async Task<Results<Ok<ListOfficials.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var (number, problem) = Contact.ReadNoticePhone(request.Number, db.NoticePhones);
        if (problem is not null)
            return Problems.Invalid("number", problem);
        if (await db.Officials.SingleOrDefaultAsync(official => official.Id == id, stop) is not { } official)
            return Problems.NotFound();
        if (official.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        // The codes that open his account go to this number: whoever enters it is as good as its owner.
        if (await db.Accounts.AsNoTracking().SingleOrDefaultAsync(account => account.OfficialId == id, stop) is { } account
            && await OwnHands.ProblemOfAsync(db, caller, account, stop) is { } ownership)
            return Problems.Conflict(ownership);

        var now = db.EffectiveNow;
        var before = new { official.NoticePhone };
        Change(db, caller, official, number, now);
        // To the new one: a stranger's, entered by mistake, is not left to find out by the notices; and whoever is its owner knows that codes come to it.
        if (number is not null && number != before.NoticePhone)
            Notice.Send(db, official.Id, number, "sms.notice-phone-entered", userLogin: "", now);
        db.Write(caller, nameof(ChangeNoticePhone), ("Official", official.Id), before, new { official.NoticePhone }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Contact.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Contact.ProblemOf(failure)!);
        }

        return TypedResults.Ok(ListOfficials.ToItem(official, now));
    }

    /// <summary>At once and everywhere, ready to be saved; not proved by its owner. The save meets <see cref="Contact.ProblemOf"/>.</summary>
    internal static void Change(DirectoryDb db, Caller caller, Official official, string? number, DateTimeOffset now)
    {
        if (official.UseNoticePhone(number, now) is { } former)
        {
            db.Add(former);
            // To the old number: codes for his account go to the new one from now on, and he may know nothing of it.
            Notice.Send(db, official.Id, former.Number, "sms.notice-phone-changed", userLogin: "", now);
        }

        official.Version++;
        db.Tell(official, caller.Actor, now);
    }
}
