using System.ComponentModel.DataAnnotations;
using Directory.Accounts;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>
/// The Administrator confirms the number that its owner has proved, or does not (DIR-5; BJN 12(1)c). Confirmed, it takes effect at once and everywhere, and the number
/// before is told. An administrator's own is another one's to confirm.
/// </summary>
public static class DecideNoticePhone
{
    /// <summary>What nobody has decided by then is proposed again.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromDays(14);

    public sealed record Request(
        [Required] long? Version,
        [Required] Guid? ProposalId,
        [Required] bool? IsConfirmed,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/officials/{id:guid}/notice-phone/decision", HandleAsync).WithName(nameof(DecideNoticePhone))
        .ShowsCurrent<Official, ListOfficials.Item>(now => official => ListOfficials.ToItem(official, now));

    private static async Task<Results<Ok<ListOfficials.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Officials.SingleOrDefaultAsync(official => official.Id == id, stop) is not { } official)
            return Problems.NotFound();
        if (official.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        var now = db.EffectiveNow;
        if (await db.Accounts.AsNoTracking().SingleOrDefaultAsync(account => account.OfficialId == id, stop) is { } account
            && await OwnHands.ProblemOfAsync(db, caller, account, stop) is { } ownership)
            return Problems.Conflict(ownership);
        if (await db.NoticePhoneProposals.SingleOrDefaultAsync(proposed => proposed.OfficialId == id && proposed.Id == request.ProposalId
                && proposed.ProvedAt > now - Limit, stop) is not { } proposal)
            return Problems.Conflict("notice-phone-unproved");

        var before = new { official.NoticePhone };
        if (request.IsConfirmed is true)
        {
            ChangeNoticePhone.Change(db, caller, official, proposal.Number, now);
            official.NoticePhoneProvedAt = proposal.ProvedAt;
        }

        db.Remove(proposal);
        db.Write(caller, nameof(DecideNoticePhone), ("Official", id), before, new { official.NoticePhone, request.IsConfirmed, request.ProposalId }, request.Reason);
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
}
