using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Accounts;

/// <summary>
/// The Administrator gives an account another password (DIR-2), for people without a notice phone; it is unlocked, whoever was signed in is not any more, and the
/// owner changes it at his next sign-in.
/// </summary>
public static class SetPassword
{
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Accounts.Password.Longest)][property: JsonConverter(typeof(NeverWritten))] string Password,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPut("/accounts/{id:guid}/password", HandleAsync).WithName(nameof(SetPassword)).ShowsCurrent(ListAccounts.ToItem);

    private static async Task<Results<Ok<ListAccounts.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, UserManager<Account> accounts, SignInAuthority authority, TimeProvider clock,
        CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        if (await db.Accounts.SingleOrDefaultAsync(account => account.Id == id, stop) is not { } account)
            return Problems.NotFound();
        if (account.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        // His own he changes with the old one: whoever sits at an administrator's open session must not get past it.
        if (await OwnHands.ProblemOfAsync(db, caller, account, stop) is { } ownership)
            return Problems.Conflict(ownership);
        if (await Password.TrySetAsync(db, accounts, account, request.Password, stop) is { } problem)
            return Problems.Invalid("password", problem);

        account.MustChangePassword = true;
        account.Version++;
        db.Write(caller, nameof(SetPassword), ("Account", account.Id), null, null, request.Reason);
        await Notice.TellOwnerAsync(db, account, "sms.password-set", clock.GetUtcNow(), stop);
        await db.SaveChangesAsync(stop);
        await db.OneTimeCodes.Where(sent => sent.AccountId == id).ExecuteDeleteAsync(stop);
        await authority.RevokeAsync(db, session => session.AccountId == id, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(await db.Accounts.Where(edited => edited.Id == id).Select(ListAccounts.ToItem).SingleAsync(stop));
    }
}
