using System.ComponentModel.DataAnnotations;
using Directory.Accounts;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.SignIn;

/// <summary>
/// Signs in. Unknown login, wrong password, wrong code, locked, closed and without a password yet look alike and cost alike, so that nobody learns which logins
/// exist.
/// </summary>
public static partial class StartSession
{
    /// <param name="Code">Second factor, where the account has one: of the authenticator, or a recovery code.</param>
    public sealed record Request(
        [Required, StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.Line)] string UserLogin,
        [Required, StringLength(Accounts.Password.Longest)] string Password,
        [StringLength(SecondFactors.LongestCode)] string? Code = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/sessions", HandleAsync).WithName(nameof(StartSession))
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<Tokens>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, Device device, DirectoryDb db, UserManager<Account> accounts, NobodysPassword nobody, FailedSignIns failures,
        SecondFactors secondFactors, Sessions sessions, TimeProvider clock, ILogger<Session> log, CancellationToken stop)
    {
        if (await failures.AreTooManyAsync(db, caller, stop))
            return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-failures");
        var now = clock.GetUtcNow();
        var login = accounts.NormalizeName(request.UserLogin);
        var verdict = await Tries.CountAsync(db, login, now, stop);
        var account = await db.Accounts.Where(Admission.At(db, now)).SingleOrDefaultAsync(account => account.NormalizedUserName == login, stop);
        if (account?.PasswordHash is null || verdict == Tries.Verdict.Refused)
        {
            nobody.Verify(request.Password);
            return await FailedAsync(account?.Id);
        }

        if (!await accounts.CheckPasswordAsync(account, request.Password))
            return await FailedAsync(account.Id);
        // With the session or not at all: a code is not used up for a sign-in that then fails.
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (account.TwoFactorEnabled && !await secondFactors.TryUseAsync(account, request.Code, caller, stop))
        {
            await transaction.RollbackAsync(stop);
            return await FailedAsync(account.Id);
        }

        Tries.Forget(db, account);
        if (await sessions.StartAsync(account, device, stop) is not var (session, tokens))
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "unavailable");
        db.Write(caller with { Actor = account.Id.ToString() }, nameof(StartSession), ("Account", account.Id), null, new { SessionId = session.Id });
        try
        {
            await db.SaveChangesAsync(stop);
            await transaction.CommitAsync(stop);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Disabled, or its roles changed, since it was read above.
            await transaction.RollbackAsync(stop);
            return await FailedAsync(account.Id);
        }

        Started(log, account.Id, session.Id);
        return TypedResults.Ok(tokens);

        async Task<ProblemHttpResult> FailedAsync(Guid? accountId)
        {
            await failures.CountAsync(db, caller, "Account", accountId, verdict == Tries.Verdict.Last, stop);
            NotStarted(log, accountId);
            return Problems.Of(StatusCodes.Status401Unauthorized, "sign-in-failed");
        }
    }

    // The login is not logged: people type passwords into the wrong field.
    [LoggerMessage(Level = LogLevel.Information, Message = "Sign-in failed for account {AccountId}")]
    private static partial void NotStarted(ILogger log, Guid? accountId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {AccountId} signed in, session {SessionId}")]
    private static partial void Started(ILogger log, Guid accountId, Guid sessionId);
}

/// <summary>Does the work of checking a password or a code where there is none to check.</summary>
internal sealed class NobodysPassword(IPasswordHasher<Account> hasher)
{
    private readonly Lazy<string> _hash = new(() => hasher.HashPassword(new(), Guid.CreateVersion7().ToString()));

    public void Verify(string password) => hasher.VerifyHashedPassword(new(), _hash.Value, password);
}
