using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using Directory.Auditing;
using Directory.Copies;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.People;

/// <summary>
/// The official proves by the code that the number is his. One that the Administrator has entered is proved by it; another one waits for the Administrator, who
/// confirms it (DIR-5).
/// </summary>
public static class ProveNoticePhone
{
    public sealed record Request([Required, StringLength(SecondFactors.LongestCode)] string Code);

    /// <param name="IsInUse">Notices go there; false while the Administrator has still to confirm it.</param>
    public sealed record Response(bool IsInUse);

    private sealed record Taken(Guid Id, string Hash);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/me/notice-phone/proof", HandleAsync).WithName(nameof(ProveNoticePhone));

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, Caller caller, DirectoryDb db, IPasswordHasher<Account> hasher, TimeProvider clock, CancellationToken stop)
    {
        var (now, accountId) = (clock.GetUtcNow(), user.AccountId);
        if (await db.Accounts.Where(account => account.Id == accountId).Select(account => account.OfficialId).SingleAsync(stop) is not { } officialId)
            return Problems.Conflict("account-unnamed");
        // Counted before it is judged, as everywhere.
        var taken = (await db.Database.SqlQuery<Taken>($"""
            update notice_phone_proposal set tries_left = tries_left - 1
            where official_id = {officialId} and proved_at is null and tries_left > 0 and code_expires_at > {now} returning id as "Id", code_hash as "Hash"
            """).ToListAsync(stop)).SingleOrDefault();
        if (taken is null || hasher.VerifyHashedPassword(new(), taken.Hash, request.Code.Replace(" ", "", StringComparison.Ordinal)) == PasswordVerificationResult.Failed)
            return Problems.Invalid("code", "code-wrong");

        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var ofThisCode = db.NoticePhoneProposals.Where(proposal => proposal.Id == taken.Id && proposal.ProvedAt == null);
        var isInUse = await ProveAsync(db, caller.Actor, officialId, official => ofThisCode.Any(proposal => proposal.Number == official.NoticePhone), now, stop);
        if ((isInUse ? await ofThisCode.ExecuteDeleteAsync(stop)
            : await ofThisCode.ExecuteUpdateAsync(set => set.SetProperty(proposal => proposal.ProvedAt, now), stop)) == 0)
            return Problems.Invalid("code", "code-wrong");
        db.Write(caller, nameof(ProveNoticePhone), ("Official", officialId), null, new { ProposalId = taken.Id, isInUse });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(new Response(isInUse));
    }

    /// <summary>
    /// Notes that the number in use is proved, in the caller's transaction; false if it is another by now. With a version and its events like any change of the person:
    /// an administrator who replaces the number at this moment is told, and does not mark the new one as proved.
    /// </summary>
    internal static async Task<bool> ProveAsync(
        DirectoryDb db, string actor, Guid officialId, Expression<Func<Official, bool>> isStillIt, DateTimeOffset now, CancellationToken stop)
    {
        if (await db.Officials.Where(official => official.Id == officialId).Where(isStillIt).ExecuteUpdateAsync(
                set => set.SetProperty(official => official.NoticePhoneProvedAt, now).SetProperty(official => official.Version, official => official.Version + 1), stop) == 0)
            return false;
        db.Tell(await db.Officials.AsNoTracking().SingleAsync(official => official.Id == officialId, stop), actor, now);
        return true;
    }
}
