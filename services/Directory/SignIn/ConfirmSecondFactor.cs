using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>
/// Ends the enrolment with a first code. Sessions that were started without the second factor end, this one too: a new one begins, so that nobody who was in
/// before goes on with more rights.
/// </summary>
public static class ConfirmSecondFactor
{
    public sealed record Request([Required, StringLength(SecondFactors.LongestCode)] string Code);

    /// <param name="RecoveryCodes">Ten, each for one sign-in without the authenticator. Shown once.</param>
    /// <param name="Tokens">Of the new session.</param>
    public sealed record Confirmation(IReadOnlyList<string> RecoveryCodes, Tokens Tokens);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/me/second-factor/confirmation", HandleAsync).WithName(nameof(ConfirmSecondFactor));

    private static async Task<Results<Ok<Confirmation>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, Caller caller, Device device, DirectoryDb db, SecondFactors secondFactors, Sessions sessions,
        TimeProvider clock, CancellationToken stop)
    {
        var accountId = user.AccountId;
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var account = await db.Accounts.SingleAsync(account => account.Id == accountId, stop);
        if (await db.SecondFactors.SingleOrDefaultAsync(factor => factor.AccountId == accountId && factor.ConfirmedAt == null, stop) is not { } factor)
            return Problems.Conflict("second-factor-not-begun");
        if (secondFactors.StepOf(factor, request.Code) is not { } step)
            return Problems.Invalid("code", "code-wrong");

        factor.ConfirmedAt = clock.GetUtcNow();
        factor.LastStep = step;
        account.TwoFactorEnabled = true;
        account.Version++;
        var recoveryCodes = secondFactors.AddRecoveryCodes(accountId);
        db.Write(caller, nameof(ConfirmSecondFactor), ("Account", accountId), new { TwoFactorEnabled = false }, new { TwoFactorEnabled = true });
        await db.SaveChangesAsync(stop);
        if (await sessions.RestartAsync(account, device, stop) is not { } tokens)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "unavailable");
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(new Confirmation(recoveryCodes, tokens));
    }
}
