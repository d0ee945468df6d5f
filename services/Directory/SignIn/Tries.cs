using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Directory.SignIn;

/// <summary>Passwords and codes are guessed at most so often.</summary>
internal static class Tries
{
    private const int BeforeLockout = 10;
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);

    public enum Verdict
    {
        /// <summary>The account is unknown, disabled or locked.</summary>
        Refused,

        Counted,

        /// <summary>The account is locked from now on, unless this one succeeds.</summary>
        Last,
    }

    /// <summary>
    /// Counts the try before it is judged, in one statement of its own: many guesses at once are counted as many. Whoever succeeds forgets the tries with his save.
    /// </summary>
    public static async Task<Verdict> CountAsync(DirectoryDb db, string normalizedLogin, DateTimeOffset now, CancellationToken stop) =>
        await db.Database.SqlQuery<bool>($"""
            update account set
              access_failed_count = case when access_failed_count + 1 < {BeforeLockout} then access_failed_count + 1 else 0 end,
              lockout_end = case when access_failed_count + 1 < {BeforeLockout} then null else {now + LockedFor} end
            where normalized_user_login = {normalizedLogin} and enabled and (lockout_end is null or lockout_end <= {now})
            returning lockout_end is not null
            """).ToListAsync(stop) is [var locks] ? locks ? Verdict.Last : Verdict.Counted : Verdict.Refused;

    public static void Forget(DirectoryDb db, Account account)
    {
        account.AccessFailedCount = 0;
        account.LockoutEnd = null;
        // Written also where another sign-in has just done the same: the update is what meets a disabling at the version.
        db.Entry(account).Property(a => a.AccessFailedCount).IsModified = true;
    }

    /// <summary>Whoever is signed in proves again that it is he: the account, its tries forgotten whatever comes of the rest, or null; a failure is in the trail.</summary>
    internal static async Task<Account?> ProveAsync(
        DirectoryDb db, UserManager<Account> accounts, FailedSignIns failures, Caller caller, Guid accountId, string password, DateTimeOffset now, CancellationToken stop)
    {
        var login = await db.Accounts.Where(account => account.Id == accountId).Select(account => account.NormalizedUserName!).SingleAsync(stop);
        var verdict = await CountAsync(db, login, now, stop);
        var account = await db.Accounts.SingleAsync(account => account.Id == accountId, stop);
        if (verdict == Verdict.Refused || !await accounts.CheckPasswordAsync(account, password))
        {
            await failures.CountAsync(db, caller, "Account", accountId, locks: verdict == Verdict.Last, stop);
            return null;
        }

        // A new password that is too weak is no guess at the old one.
        await db.Database.ExecuteSqlAsync($"update account set access_failed_count = 0, lockout_end = null where id = {accountId} and enabled", stop);
        Forget(db, account);
        return account;
    }
}
