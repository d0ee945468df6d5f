using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>
/// The owner gives his authenticator up, such as before he takes another telephone, by proving himself with all that he has. Where a role demands a second factor,
/// the new session opens only the enrolment of the next.
/// </summary>
public static class EndSecondFactor
{
    /// <param name="Code">Of the authenticator, or a recovery code.</param>
    public sealed record Request(
        [Required, StringLength(Accounts.Password.Longest)] string Password,
        [Required, StringLength(SecondFactors.LongestCode)] string Code);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/me/second-factor/end", HandleAsync).WithName(nameof(EndSecondFactor));

    private static async Task<Results<Ok<Tokens>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, Caller caller, Device device, DirectoryDb db, UserManager<Account> accounts, FailedSignIns failures, SecondFactors secondFactors,
        Sessions sessions, TimeProvider clock, CancellationToken stop)
    {
        if (await Tries.ProveAsync(db, accounts, failures, caller, user.AccountId, request.Password, clock.GetUtcNow(), stop) is not { } account)
            return Problems.Invalid("password", "password-wrong");
        if (!account.TwoFactorEnabled)
            return Problems.Conflict("second-factor-none");
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (!await secondFactors.TryUseAsync(account, request.Code, caller, stop))
            return Problems.Invalid("code", "code-wrong");

        await secondFactors.RemoveAsync(account, stop);
        account.Version++;
        db.Write(caller, nameof(EndSecondFactor), ("Account", account.Id), new { TwoFactorEnabled = true }, new { account.TwoFactorEnabled });
        await db.SaveChangesAsync(stop);
        if (await sessions.RestartAsync(account, device, stop) is not { } tokens)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "unavailable");
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(tokens);
    }
}
