using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Directory.Accounts;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
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
        var (number, problem) = Contact.ReadNoticePhone(request.Number);
        if (problem is not null)
            return Problems.Invalid("number", problem);
        if (await db.Officials.SingleOrDefaultAsync(official => official.Id == id, stop) is not { } official)
            return Problems.NotFound();
        if (official.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");

        var now = db.EffectiveNow;
        var before = new { official.NoticePhone };
        if (official.NoticePhone is { } former && former != number)
        {
            db.Add(new FormerNoticePhone { OfficialId = official.Id, Number = former, UsedFrom = official.NoticePhoneSince, UsedTo = now });
            // To the old number: codes for his account go to the new one from now on, and he may know nothing of it.
            Notice.Send(db, official.Id, former, "sms.notice-phone-changed", userLogin: "", now);
        }

        if (official.NoticePhone != number)
            (official.NoticePhone, official.NoticePhoneSince) = (number, number is null ? null : now);
        official.Version++;
        db.Publish(official.Id, caller.Actor, official.ContactChanged(now));
        db.Write(caller, nameof(ChangeNoticePhone), ("Official", official.Id), before, new { official.NoticePhone }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.NoticePhone))
        {
            return Problems.Conflict("notice-phone-taken");
        }

        return TypedResults.Ok(ListOfficials.ToItem(official, now));
    }
}
