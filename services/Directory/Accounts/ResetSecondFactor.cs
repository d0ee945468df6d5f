using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Accounts;

/// <summary>
/// The Administrator takes a lost second factor off somebody else's account: its owner is signed out, and enrols another where a role demands it. His own he gives
/// up himself (<see cref="EndSecondFactor"/>): whoever sits at an administrator's open session must not get rid of it.
/// </summary>
public static class ResetSecondFactor
{
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/accounts/{id:guid}/second-factor/reset", HandleAsync).WithName(nameof(ResetSecondFactor)).ShowsCurrent(ListAccounts.ToItem);

    private static async Task<Results<Ok<ListAccounts.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, SecondFactors secondFactors, SignInAuthority authority, TimeProvider clock,
        CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        if (await db.Accounts.SingleOrDefaultAsync(account => account.Id == id, stop) is not { } account)
            return Problems.NotFound();
        if (account.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (await OwnHands.ProblemOfAsync(db, caller, account, stop) is { } ownership)
            return Problems.Conflict(ownership);

        var before = new { account.TwoFactorEnabled };
        await secondFactors.RemoveAsync(account, stop);
        account.Version++;
        db.Write(caller, nameof(ResetSecondFactor), ("Account", id), before, new { account.TwoFactorEnabled }, request.Reason);
        await Notice.TellOwnerAsync(db, account, "sms.second-factor-reset", clock.GetUtcNow(), stop);
        await db.SaveChangesAsync(stop);
        await authority.RevokeAsync(db, session => session.AccountId == id, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(await db.Accounts.Where(reset => reset.Id == id).Select(ListAccounts.ToItem).SingleAsync(stop));
    }
}
