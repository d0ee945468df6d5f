using System.ComponentModel.DataAnnotations;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Directory.SignIn;

/// <summary>
/// Signs in. Unknown login, wrong password, wrong code, locked and disabled look alike and cost alike, so that nobody learns which logins exist.
/// </summary>
public static partial class StartSession
{
    private const int TriesBeforeLockout = 10;
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);

    /// <param name="Code">Second factor, where the account has one.</param>
    public sealed record Request(
        [Required, StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.Line)] string UserLogin,
        [Required, StringLength(Accounts.Password.Longest)] string Password,
        [StringLength(16)] string? Code = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/sessions", HandleAsync).WithName(nameof(StartSession));

    private static async Task<Results<Ok<Tokens>, ProblemHttpResult>> HandleAsync(
        Request request, DirectoryDb db, UserManager<Account> accounts, NobodysPassword nobody, SigningKeys keys, IOptions<SessionOptions> options,
        TimeProvider clock, ILogger<Session> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var login = accounts.NormalizeName(request.UserLogin);
        var mayTry = await CountTryAsync(db, login, now, stop);
        var account = await db.Accounts.SingleOrDefaultAsync(account => account.NormalizedUserName == login, stop);
        if (account is not { Enabled: true } || !mayTry)
        {
            nobody.Verify(request.Password);
            return Failed(log, account?.Id);
        }

        if (!await accounts.CheckPasswordAsync(account, request.Password))
            return Failed(log, account.Id);
        if (account.TwoFactorEnabled
            && !await accounts.VerifyTwoFactorTokenAsync(account, Microsoft.AspNetCore.Identity.TokenOptions.DefaultAuthenticatorProvider, request.Code ?? ""))
            return Failed(log, account.Id);

        account.AccessFailedCount = 0;
        account.LockoutEnd = null;
        // Written also where another sign-in has just done the same: the update is what meets a disabling at the version.
        db.Entry(account).Property(a => a.AccessFailedCount).IsModified = true;
        var session = new Session { AccountId = account.Id, StartedAt = now, ExpiresAt = now + options.Value.Limit };
        db.Add(session);
        var refreshToken = Sessions.AddRefreshToken(db, session, now + options.Value.IdleLimit);
        if (await keys.SignAsync(db, await Sessions.ContentOfAsync(db, session, account, now, stop), stop) is not var (accessToken, expiresAt))
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "unavailable");
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Disabled, or its roles changed, since it was read above.
            return Failed(log, account.Id);
        }

        Started(log, account.Id, session.Id);
        return TypedResults.Ok(new Tokens(accessToken, refreshToken, expiresAt));
    }

    /// <summary>
    /// Counts the try before it is judged, in one statement: many guesses at once are counted as many. False if the account is unknown, disabled or locked.
    /// </summary>
    private static async Task<bool> CountTryAsync(DirectoryDb db, string login, DateTimeOffset now, CancellationToken stop) =>
        await db.Database.ExecuteSqlAsync($"""
            update account set
              access_failed_count = case when access_failed_count + 1 < {TriesBeforeLockout} then access_failed_count + 1 else 0 end,
              lockout_end = case when access_failed_count + 1 < {TriesBeforeLockout} then null else {now + LockedFor} end
            where normalized_user_login = {login} and enabled and (lockout_end is null or lockout_end <= {now})
            """, stop) == 1;

    private static ProblemHttpResult Failed(ILogger log, Guid? accountId)
    {
        NotStarted(log, accountId);
        return Problems.Of(StatusCodes.Status401Unauthorized, "sign-in-failed");
    }

    // The login is not logged: people type passwords into the wrong field.
    [LoggerMessage(Level = LogLevel.Information, Message = "Sign-in failed for account {AccountId}")]
    private static partial void NotStarted(ILogger log, Guid? accountId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {AccountId} signed in, session {SessionId}")]
    private static partial void Started(ILogger log, Guid accountId, Guid sessionId);
}

/// <summary>Does the work of checking a password where there is none to check.</summary>
public sealed class NobodysPassword(IOptions<PasswordHasherOptions> options)
{
    private readonly PasswordHasher<Account> _hasher = new(options);
    private readonly Lazy<string> _hash = new(() => new PasswordHasher<Account>(options).HashPassword(new(), Guid.CreateVersion7().ToString()));

    internal void Verify(string password) => _hasher.VerifyHashedPassword(new(), _hash.Value, password);
}
