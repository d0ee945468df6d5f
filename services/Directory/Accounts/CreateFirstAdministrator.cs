using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.Accounts;

/// <summary>
/// Verb <c>--first-administrator</c>: an empty installation has nobody who could create an account, so the person who installs it does, once. Login and
/// password come as <c>ADMIN_LOGIN</c> and <c>ADMIN_PASSWORD</c>. Does nothing where an administrator exists.
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
        if (await db.Accounts.AnyAsync(account => account.Roles.Contains(Roles.Administrator), stop))
        {
            Exists(log);
            return 0;
        }

        var settings = services.GetRequiredService<IConfiguration>();
        var accounts = services.GetRequiredService<UserManager<Account>>();
        if (settings["ADMIN_LOGIN"] is not { Length: >= Spelling.ShortestUserLogin and <= Spelling.LongestUserLogin } login
            || settings["ADMIN_PASSWORD"] is not { Length: <= Password.Longest } password)
        {
            Missing(log, Password.Shortest);
            return 1;
        }

        var account = new Account { UserName = login, NormalizedUserName = accounts.NormalizeName(login), LockoutEnabled = true, Roles = [Roles.Administrator] };
        if (!await Password.TrySetAsync(accounts, account, password))
        {
            Missing(log, Password.Shortest);
            return 1;
        }

        db.Add(account);
        db.Write(Caller.System, nameof(CreateFirstAdministrator), ("Account", account.Id), null, new { UserLogin = login, account.Roles });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Created(log, account.Id);
        return 0;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "An administrator exists already")]
    private static partial void Exists(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "ADMIN_LOGIN and ADMIN_PASSWORD must be set; the password needs {Shortest} characters at least and must not contain the login")]
    private static partial void Missing(ILogger log, int shortest);

    [LoggerMessage(Level = LogLevel.Information, Message = "First administrator is account {AccountId}")]
    private static partial void Created(ILogger log, Guid accountId);
}
