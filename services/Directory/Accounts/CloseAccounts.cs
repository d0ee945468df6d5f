using Directory.Auditing;
using Directory.Copies;
using Directory.People;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Accounts;

/// <summary>
/// Accounts end with the last assignment of their official (DIR-6; BJN 12(1)d), by themselves: also those whose end came while nothing ran. A new assignment opens
/// none again, the Administrator does. Sessions end also where an account is only not open yet, or not any more for a while.
/// </summary>
internal sealed partial class CloseAccounts(IServiceScopeFactory scopes, SignInAuthority authority, TimeProvider clock, ILogger<CloseAccounts> log)
    : BackgroundService
{
    private const int Batch = 200;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromSeconds(3), clock, log, async stop => await CloseAsync(stop) == Batch, stoppingToken);

    private async Task<int> CloseAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var closing = db.Accounts.Where(Admission.HoldsNothingMore(db, now)).Where(account => account.Enabled && (account.OpenUntil == null || account.OpenUntil <= now));
        var found = await closing.OrderBy(account => account.Id).Select(account => account.OfficialId!.Value).Take(Batch).ToListAsync(stop);
        var locked = await Holding.LockOfficialsAsync(db, found, stop);
        var over = await closing.Where(account => locked.Contains(account.OfficialId!.Value)).ToListAsync(stop);
        foreach (var account in over)
        {
            account.Enabled = false;
            account.OpenUntil = null;
            account.Version++;
            account.RolesVersion++;
            db.TellRoles(account, Outbox.System);
            db.Write(Caller.System, nameof(CloseAccounts), ("Account", account.Id), new { Enabled = true }, new { account.Enabled });
        }

        await db.SaveChangesAsync(stop);
        var open = db.Accounts.Where(Admission.At(db, now));
        await authority.RevokeAsync(db, session => session.ExpiresAt > now && !open.Any(account => account.Id == session.AccountId), stop);
        await transaction.CommitAsync(stop);
        if (over.Count > 0)
            Closed(log, over.Count);
        return over.Count;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} accounts closed: their officials hold no position any more")]
    private static partial void Closed(ILogger log, int count);
}
