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
/// The Administrator lets an account sign in again that too many tries have locked (DIR-2), when its owner says that it was he who mistyped; his password stays. Not his own:
/// who sits at an administrator's open session would have as many tries at his password as he likes.
/// </summary>
public static class UnlockAccount
{
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/accounts/{id:guid}/unlock", HandleAsync).WithName(nameof(UnlockAccount)).ShowsCurrent(ListAccounts.ToItem);

    private static async Task<Results<Ok<ListAccounts.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.Accounts.SingleOrDefaultAsync(account => account.Id == id, stop) is not { } account)
            return Problems.NotFound();
        if (account.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (await OwnHands.ProblemOfAsync(db, caller, account, stop) is { } ownership)
            return Problems.Conflict(ownership);
        if (!(account.LockoutEnd > clock.GetUtcNow()))
            return Problems.Conflict("account-not-locked");

        var before = new { LockedUntil = account.LockoutEnd };
        Tries.Forget(db, account);
        account.Version++;
        db.Write(caller, nameof(UnlockAccount), ("Account", id), before, new { LockedUntil = account.LockoutEnd }, request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(await db.Accounts.Where(unlocked => unlocked.Id == id).Select(ListAccounts.ToItem).SingleAsync(stop));
    }
}
