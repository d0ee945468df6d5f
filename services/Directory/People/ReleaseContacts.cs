using Directory.Auditing;
using Directory.Copies;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>
/// Whoever holds nothing more is reached by no notice and writes under no name of the city (DIR-6; BJN 12(1)d), by itself and within seconds, also where the end came
/// while nothing ran. Number and name rest before another official gets them; the history stays. An account that the Administrator keeps open for a while keeps the
/// number for its codes.
/// </summary>
internal sealed partial class ReleaseContacts(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ReleaseContacts> log) : BackgroundService
{
    private const int Batch = 200;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromSeconds(3), clock, log, async stop => await ReleaseAsync(stop) == Batch, stoppingToken);

    private async Task<int> ReleaseAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        var found = await WhoHasLeft(db, db.EffectiveNow).OrderBy(official => official.Id).Select(official => official.Id).Take(Batch).ToListAsync(stop);
        if (found.Count == 0)
            return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // Before the officials, as by whoever writes sender IDs and assignments in one transaction: an import, for one.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('official_sender_id'))", stop);
        var locked = await Holding.LockOfficialsAsync(db, found, stop);
        var now = db.EffectiveNow;
        var left = await WhoHasLeft(db, now).Where(official => locked.Contains(official.Id)).ToListAsync(stop);
        foreach (var official in left)
        {
            var before = new { official.NoticePhone, SenderId = official.SenderIdAt(now) };
            if (official.UseNoticePhone(null, now, now + db.Rest.NoticePhone) is { } former)
                db.Add(former);
            official.UseSenderId(null, now, db.Rest.SenderId);
            official.Version++;
            db.Tell(official, Outbox.System, now);
            db.Write(Caller.System, nameof(ReleaseContacts), ("Official", official.Id), before, new { NoticePhone = (string?)null, SenderId = (string?)null });
        }

        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        if (left.Count > 0)
            Released(log, left.Count);
        return left.Count;
    }

    private static IQueryable<Official> WhoHasLeft(DirectoryDb db, DateTimeOffset now) => db.Officials
        .Where(official => official.NoticePhone != null || official.SenderIds.Any(used => used.ValidTo == null || used.ValidTo > now))
        .Where(official => db.Assignments.Any(held => held.OfficialId == official.Id)
            // A cancelled one has no length, wherever it lies.
            && !db.Assignments.Any(held => held.OfficialId == official.Id && (held.HeldTo == null || (held.HeldTo > now && held.HeldTo > held.HeldFrom)))
            && !db.Accounts.Any(account => account.OfficialId == official.Id && account.Enabled && account.OpenUntil > now));

    [LoggerMessage(Level = LogLevel.Information, Message = "Numbers and sender IDs of {Count} officials released: they hold no position any more")]
    private static partial void Released(ILogger log, int count);
}
