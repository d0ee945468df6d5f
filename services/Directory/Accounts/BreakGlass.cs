using Directory.Auditing;
using Directory.Copies;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Directory.Accounts;

/// <summary>
/// Verb <c>--break-glass</c>: an administrator has lost his second factor, and no other is there to help him. Whoever has the server takes the factor off the account
/// that <c>BREAK_GLASS_LOGIN</c> names, for <c>BREAK_GLASS_REASON</c>; with <c>BREAK_GLASS_PASSWORD</c> he also gives it a password, to be changed at the next
/// sign-in. The account is open again for a day, its sessions end, the trail has the reason, and he and the other administrators hear of it by SMS.
/// </summary>
internal static partial class BreakGlass
{
    private const int ShortestReason = 10;
    private static readonly TimeSpan OpenFor = TimeSpan.FromDays(1);

    public static void Add(IServiceCollection services) => services.AddVerb("--break-glass", RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, ILogger log, CancellationToken stop)
    {
        var settings = services.GetRequiredService<IConfiguration>();
        if (settings["BREAK_GLASS_REASON"] is not { Length: >= ShortestReason and <= Spelling.LongestReason } reason || settings["BREAK_GLASS_LOGIN"] is not { } login)
        {
            Missing(log, ShortestReason);
            return 1;
        }

        var (db, accounts) = (services.GetRequiredService<DirectoryDb>(), services.GetRequiredService<UserManager<Account>>());
        var (normalized, now) = (accounts.NormalizeName(login), services.GetRequiredService<TimeProvider>().GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.Accounts.SingleOrDefaultAsync(account => account.NormalizedUserName == normalized, stop) is not { } account
            || !account.Roles.Contains(Roles.Administrator, StringComparer.Ordinal))
        {
            NoAdministrator(log);
            return 1;
        }

        if (settings["BREAK_GLASS_PASSWORD"] is { Length: > 0 } password)
        {
            if (await Password.TrySetAsync(db, accounts, account, password, stop) is { } problem)
            {
                Weak(log, problem);
                return 1;
            }

            account.MustChangePassword = true;
        }

        var before = new { account.Enabled, account.TwoFactorEnabled };
        await services.GetRequiredService<SecondFactors>().RemoveAsync(account, stop);
        var openUntil = account.OpenUntil > now + OpenFor ? account.OpenUntil : now + OpenFor;
        (account.Enabled, account.OpenUntil, account.AccessFailedCount, account.LockoutEnd) = (true, openUntil, 0, null);
        account.Version++;
        account.RolesVersion++;
        db.TellRoles(account, Outbox.System);
        db.Write(Caller.System, nameof(BreakGlass), ("Account", account.Id), before,
            new { account.Enabled, account.TwoFactorEnabled, account.OpenUntil, account.MustChangePassword }, reason);
        await TellAsync(db, account, now, stop);
        await db.SaveChangesAsync(stop);
        await services.GetRequiredService<SignInAuthority>().RevokeAsync(db, session => session.AccountId == account.Id, stop);
        await transaction.CommitAsync(stop);
        Broken(log, account.Id);
        return 0;
    }

    private static async Task TellAsync(DirectoryDb db, Account account, DateTimeOffset now, CancellationToken stop)
    {
        var phones = await db.Accounts
            .Where(told => (told.Id == account.Id || told.Enabled) && told.Roles.Contains(Roles.Administrator) && told.Official!.NoticePhone != null)
            .Select(told => told.Official!.NoticePhone!).ToListAsync(stop);
        foreach (var phone in phones)
            Notice.Send(db, account.Id, phone, "sms.break-glass", account.UserName!, now);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "BREAK_GLASS_LOGIN and BREAK_GLASS_REASON must be set; the reason has {Shortest} characters at least")]
    private static partial void Missing(ILogger log, int shortest);

    [LoggerMessage(Level = LogLevel.Error, Message = "BREAK_GLASS_LOGIN names no administrator")]
    private static partial void NoAdministrator(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "BREAK_GLASS_PASSWORD is refused: {Problem}")]
    private static partial void Weak(ILogger log, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Glass broken: administrator {AccountId} signs in without a second factor and enrols another")]
    private static partial void Broken(ILogger log, Guid accountId);
}
