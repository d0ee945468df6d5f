using Contracts.Directory;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Messaging;

namespace ServiceDefaults.DirectoryCopy;

/// <summary>
/// Compares each copy with what Directory says that it has. One that has never agreed, is empty, or has differed for minutes asks for a snapshot: so a new service
/// fills itself, a restored database catches up, and a lost event is found and mended. Snapshot and events are applied by version, in any order and mixture.
/// </summary>
internal sealed partial class CompareWithDirectory(DbContext db, IEnumerable<KeptCopy> copies, TimeProvider clock, ILogger<CompareWithDirectory> log)
    : IConsumer<DirectoryMarkPublished>
{
    private static readonly TimeSpan PatienceWithEvents = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PatienceWithSnapshot = TimeSpan.FromMinutes(5);

    /// <param name="Behind">Changes by which both differ, in either direction.</param>
    /// <param name="Lacks">The copy has less than Directory; more is nothing that a snapshot could mend.</param>
    private sealed record Difference(long Behind, bool Lacks, bool IsEmpty);

    private sealed record Own(long Rows, long Changes);

    public async Task Consume(ConsumeContext<DirectoryMarkPublished> context)
    {
        var (mark, stop) = (context.Message, context.CancellationToken);
        foreach (var copy in copies)
        {
            await db.Database.ExecuteSqlAsync($"insert into directory_copy (name, behind) values ({copy.Name}, 0) on conflict do nothing", stop);
            var row = (await db.Set<KeptCopyRow>().FromSql($"select * from directory_copy where name = {copy.Name} for update").ToListAsync(stop))[0];
            if (row.MarkedAt > mark.At)
                continue;
            Note(copy, row, mark.At, await DifferenceAsync(copy, mark, stop));
        }

        await db.SaveChangesAsync(stop);
    }

    private void Note(KeptCopy copy, KeptCopyRow row, DateTimeOffset markedAt, Difference difference)
    {
        var now = clock.GetUtcNow();
        (row.MarkedAt, row.HeardAt, row.Behind) = (markedAt, now, difference.Behind);
        if (difference.Behind == 0)
        {
            row.AgreedAt = now;
            return;
        }

        var isPatient = !difference.IsEmpty && now - row.AgreedAt < PatienceWithEvents;
        if (isPatient || now - row.AskedAt < PatienceWithSnapshot)
            return;
        if (!difference.Lacks)
        {
            Ahead(log, copy.Name, difference.Behind);
            return;
        }

        row.AskedAt = now;
        db.Publish(copy.Queue, Outbox.System, new SendSnapshot { Queue = copy.Queue });
        Asked(log, copy.Name, difference.Behind);
    }

    private async Task<Difference> DifferenceAsync(KeptCopy copy, DirectoryMarkPublished mark, CancellationToken stop)
    {
        var (behind, lacks, rows) = (0L, false, 0L);
        foreach (var (kind, table) in copy.Tables)
        {
            if (mark.Kinds.FirstOrDefault(other => other.Kind == kind) is not { } theirs)
                continue;
#pragma warning disable EF1002 // The names of tables are ours.
            var own = await db.Database.SqlQueryRaw<Own>($"""select count(*) as "Rows", coalesce(sum(version), 0)::bigint as "Changes" from {table}""").SingleAsync(stop);
#pragma warning restore EF1002
            behind += Math.Max(Math.Abs(theirs.Changes - own.Changes), Math.Abs(theirs.Rows - own.Rows));
            lacks |= own.Changes < theirs.Changes || own.Rows < theirs.Rows;
            rows += own.Rows;
        }

        return new(behind, lacks, rows == 0);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The copy {Copy} differs from Directory by {Changes} changes: a snapshot is asked for")]
    private static partial void Asked(ILogger log, string copy, long changes);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The copy {Copy} has {Changes} changes that Directory does not have: if Directory was restored from a backup, empty the copy's tables")]
    private static partial void Ahead(ILogger log, string copy, long changes);
}
