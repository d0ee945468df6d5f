using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.Accounts;

/// <summary>The owner changes his password; all his sessions end, and he goes on in a new one.</summary>
public static class ChangePassword
{
    public sealed record Request(
        [Required, StringLength(Password.Longest)] string OldPassword,
        [Required, StringLength(Password.Longest)] string NewPassword);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPut("/me/password", HandleAsync).WithName(nameof(ChangePassword));

    private static async Task<Results<Ok<Tokens>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, Caller caller, Device device, DirectoryDb db, UserManager<Account> accounts, FailedSignIns failures, Sessions sessions,
        TimeProvider clock, CancellationToken stop)
    {
        if (await Tries.ProveAsync(db, accounts, failures, caller, user.AccountId, request.OldPassword, clock.GetUtcNow(), stop) is not { } account)
            return Problems.Invalid("oldPassword", "password-wrong");
        if (string.Equals(request.OldPassword, request.NewPassword, StringComparison.Ordinal))
            return Problems.Invalid("newPassword", "password-same");
        if (await Password.TrySetAsync(db, accounts, account, request.NewPassword, stop) is { } problem)
            return Problems.Invalid("newPassword", problem);

        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        account.MustChangePassword = false;
        account.Version++;
        db.Write(caller, nameof(ChangePassword), ("Account", account.Id), null, null);
        await db.SaveChangesAsync(stop);
        if (await sessions.RestartAsync(account, device, stop) is not { } tokens)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "unavailable");
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(tokens);
    }
}
