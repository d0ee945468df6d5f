using Contracts.Directory;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Copies;

/// <summary>
/// Sends snapshots in parts: rows in the order of their ids, each as it is at that moment. What changes behind the cursor reaches the copy as an event; the version
/// decides, whichever of the two arrives first. Part and cursor are one transaction, so nothing is left out when a process dies, and instances take turns.
/// </summary>
internal sealed partial class SendSnapshots(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SendSnapshots> log) : BackgroundService
{
    /// <summary>Rows in one message.</summary>
    public const int RowsPerPart = 200;

    // Only so many parts wait in the outbox: a copy that takes nothing fills no disk, and delays no other.
    private const int MostWaiting = 20;
    private const int RowsPerLogLine = 5_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(Rest, clock, log, SendPartAsync, stoppingToken);

    private async Task<bool> SendPartAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.Snapshots.FromSql($"""
            select * from snapshot s where (select count(*) from outbox o where o.destination = s.queue) < {MostWaiting}
            order by started_at limit 1 for update skip locked
            """).ToListAsync(stop) is not [var snapshot])
            return false;

        var rows = await SendPartAsync(db, snapshot, stop);
        snapshot.RowsSent += rows;
        if (snapshot.RowsSent / RowsPerLogLine != (snapshot.RowsSent - rows) / RowsPerLogLine)
            Progress(log, snapshot.Queue, snapshot.RowsSent);
        if (rows < RowsPerPart)
            Advance(db, snapshot);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>To the next kind, or to the end.</summary>
    private void Advance(DirectoryDb db, Snapshot snapshot)
    {
        var next = StartSnapshot.KindsFor(snapshot.Queue).SkipWhile(kind => kind != snapshot.Kind).Skip(1).ToList();
        if (next is [var kind, ..])
        {
            (snapshot.Kind, snapshot.AfterId) = (kind, Guid.Empty);
            return;
        }

        db.Remove(snapshot);
        Done(log, snapshot.Queue, snapshot.RowsSent, (clock.GetUtcNow() - snapshot.StartedAt).TotalSeconds);
    }

    private static async Task<int> SendPartAsync(DirectoryDb db, Snapshot snapshot, CancellationToken stop)
    {
        var after = snapshot.AfterId;
        switch (snapshot.Kind)
        {
            case CopiedKind.Unit:
                var units = await db.Units.AsNoTracking().Where(unit => unit.Id.CompareTo(after) > 0).OrderBy(unit => unit.Id).Take(RowsPerPart).ToListAsync(stop);
                return Send(units, unit => unit.Id, new OrganisationPublished { Units = units.ConvertAll(unit => unit.Changed()) });
            case CopiedKind.Position:
                var positions = await db.Positions.AsNoTracking().Where(post => post.Id.CompareTo(after) > 0).OrderBy(post => post.Id).Take(RowsPerPart).ToListAsync(stop);
                return Send(positions, post => post.Id, new OrganisationPublished { Positions = positions.ConvertAll(post => post.Changed(db.EffectiveNow)) });
            case CopiedKind.Assignment:
                var held = await db.Assignments.AsNoTracking().Where(row => row.Id.CompareTo(after) > 0).OrderBy(row => row.Id).Take(RowsPerPart).ToListAsync(stop);
                return Send(held, row => row.Id, new OrganisationPublished { Assignments = held.ConvertAll(row => row.Changed()) });
            case CopiedKind.Official:
                var named = await db.Officials.AsNoTracking().Where(row => row.Id.CompareTo(after) > 0).OrderBy(row => row.Id).Take(RowsPerPart).ToListAsync(stop);
                return Send(named, row => row.Id, new OrganisationPublished { Officials = named.ConvertAll(row => row.Changed()) });
            case CopiedKind.GrantedRoles:
                var accounts = await db.Accounts.AsNoTracking().Where(row => row.OfficialId != null && row.Id.CompareTo(after) > 0)
                    .OrderBy(row => row.Id).Take(RowsPerPart).ToListAsync(stop);
                return Send(accounts, row => row.Id, new OrganisationPublished { Roles = accounts.ConvertAll(row => row.GrantedRolesChanged()) });
            default:
                var officials = await db.Officials.AsNoTracking().Where(row => row.Id.CompareTo(after) > 0).OrderBy(row => row.Id).Take(RowsPerPart).ToListAsync(stop);
                return Send(officials, row => row.Id, new ContactsPublished { Contacts = officials.ConvertAll(row => row.ContactChanged(db.EffectiveNow)) });
        }

        int Send<TRow, TMessage>(List<TRow> rows, Func<TRow, Guid> id, TMessage part)
            where TMessage : class
        {
            if (rows.Count > 0)
            {
                db.Send(snapshot.Queue, snapshot.Queue, Outbox.System, part);
                snapshot.AfterId = id(rows[^1]);
            }

            return rows.Count;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Snapshot for {Queue}: {Rows} rows so far")]
    private static partial void Progress(ILogger log, string queue, long rows);

    [LoggerMessage(Level = LogLevel.Information, Message = "Snapshot for {Queue}: all {Rows} rows are on their way after {Seconds} s")]
    private static partial void Done(ILogger log, string queue, long rows, double seconds);
}
