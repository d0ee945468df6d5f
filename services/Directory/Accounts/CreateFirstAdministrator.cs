using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.Accounts;

/// <summary>
/// Verb <c>--first-administrator</c>: an empty installation has nobody who could create an account, so the person who installs it does, once. Login and
/// password come as <c>ADMIN_LOGIN</c> and <c>ADMIN_PASSWORD</c>; he changes the password and enrols a second factor at his first sign-in. Only a demonstration,
/// whose administrator is a program, gives the authenticator's secret too: <c>ADMIN_TOTP_SECRET</c>. Does nothing where an administrator exists.
/// </summary>
internal static partial class CreateFirstAdministrator
{
    private const long FirstAdministratorLock = 0x41_44_4D_49;

    public static void Add(IServiceCollection services) => services.AddVerb("--first-administrator", RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, ILogger log, CancellationToken stop)
    {
        var db = services.GetRequiredService<DirectoryDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({FirstAdministratorLock})", stop);
        var settings = services.GetRequiredService<IConfiguration>();
        var accounts = services.GetRequiredService<UserManager<Account>>();
        if (settings["ADMIN_LOGIN"] is not { Length: >= Spelling.ShortestUserLogin and <= Spelling.LongestUserLogin } login
            || settings["ADMIN_PASSWORD"] is not { Length: <= Password.Longest } password)
        {
            Missing(log, "password-weak");
            return 1;
        }

        var secret = settings["ADMIN_TOTP_SECRET"] is { Length: > 0 } written ? Totp.DecodeSecret(written) : null;
        if (secret is null && settings["ADMIN_TOTP_SECRET"] is { Length: > 0 })
        {
            NoSecret(log, Totp.SecretBytes);
            return 1;
        }

        if (await db.Accounts.AnyAsync(account => account.Roles.Contains(Roles.Administrator), stop))
        {
            // A demonstration from the time before second factors.
            var normalized = accounts.NormalizeName(login);
            if (secret is not null && await db.Accounts.SingleOrDefaultAsync(
                    existing => existing.NormalizedUserName == normalized && !existing.TwoFactorEnabled && existing.Roles.Contains(Roles.Administrator), stop) is { } old)
            {
                await EnrolAsync(services, db, old, secret, stop);
                old.Version++;
                db.Write(Caller.System, nameof(CreateFirstAdministrator), ("Account", old.Id), new { TwoFactorEnabled = false }, new { old.TwoFactorEnabled });
                await db.SaveChangesAsync(stop);
                await transaction.CommitAsync(stop);
            }

            Exists(log);
            return 0;
        }

        var account = CreateAccount.AddWithoutPassword(
            db, Caller.System, accounts, login, [Roles.Administrator], official: null, act: nameof(CreateFirstAdministrator));
        if (await Password.TrySetAsync(db, accounts, account, password, stop) is { } problem)
        {
            Missing(log, problem);
            return 1;
        }

        account.MustChangePassword = secret is null;
        if (secret is not null)
            await EnrolAsync(services, db, account, secret, stop);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Created(log, account.Id);
        return 0;
    }

    private static async Task EnrolAsync(IServiceProvider services, DirectoryDb db, Account account, byte[] secret, CancellationToken stop)
    {
        await services.GetRequiredService<SecondFactors>().RemoveAsync(account, stop);
        db.Add(new SecondFactor
        {
            AccountId = account.Id,
            Secret = services.GetRequiredService<AuthenticatorSecrets>().Seal(account.Id, secret),
            ConfirmedAt = services.GetRequiredService<TimeProvider>().GetUtcNow(),
        });
        account.TwoFactorEnabled = true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "An administrator exists already")]
    private static partial void Exists(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "ADMIN_LOGIN and ADMIN_PASSWORD must be set; the password is refused: {Problem}")]
    private static partial void Missing(ILogger log, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "ADMIN_TOTP_SECRET is no Base32 of {Bytes} bytes")]
    private static partial void NoSecret(ILogger log, int bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "First administrator is account {AccountId}")]
    private static partial void Created(ILogger log, Guid accountId);
}
