using System.Globalization;
using Npgsql;
using ServiceDefaults.Persistence;

namespace InboundSms.Live;

/// <summary>A point in the order of changes; text in <c>Last-Event-ID</c>.</summary>
internal sealed record Cursor(long Tx, long Seq)
{
    public static Cursor Start { get; } = new(0, 0);

    public bool IsBehind(Cursor other) => (Tx, Seq).CompareTo((other.Tx, other.Seq)) > 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tx}-{Seq}");

    /// <summary>Null if the text is no point of ours.</summary>
    public static Cursor? Read(string text) => text.Split('-') is [var tx, var seq]
        && long.TryParse(tx, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
        && long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var second) ? new(first, second) : null;
}

/// <summary>
/// Looks twice a second whether anything has happened to any case, on whichever instance, while somebody watches this one. A look is one row of an index; NOTIFY
/// would make all commits of the database queue for one lock.
/// </summary>
internal sealed class CaseChanges(NpgsqlDataSource database, TimeProvider clock, ILogger<CaseChanges> log) : BackgroundService
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Cursor _head = Cursor.Start;
    private int _watchers;

    /// <summary>Up to here everything is visible, to everybody and for good.</summary>
    public async Task<Cursor> HeadAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand("""
            select tx, seq from case_change where tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint order by tx desc, seq desc limit 1
            """);
        await using var reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? new(reader.GetInt64(0), reader.GetInt64(1)) : Cursor.Start;
    }

    /// <summary>Ends when there is something behind the point, or after the time; says which.</summary>
    public async Task<bool> WaitAsync(Cursor behind, TimeSpan most, CancellationToken stop)
    {
        Interlocked.Increment(ref _watchers);
        try
        {
            Task moved;
            lock (database)
            {
                if (_head.IsBehind(behind))
                    return true;
                moved = _moved.Task;
            }

            await moved.WaitAsync(most, clock, stop);
            return true;
        }
        catch (Exception end) when (end is TimeoutException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _watchers);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forgottenAt = DateTimeOffset.MinValue;
        return Rounds.RunAsync(TimeSpan.FromMilliseconds(500), clock, log, async stop =>
        {
            if (Volatile.Read(ref _watchers) > 0)
                Move(await HeadAsync(stop));
            if (clock.GetUtcNow() - forgottenAt > TimeSpan.FromHours(1))
            {
                await ForgetAsync(stop);
                forgottenAt = clock.GetUtcNow();
            }
        }, stoppingToken);
    }

    private void Move(Cursor head)
    {
        lock (database)
        {
            if (!head.IsBehind(_head))
                return;
            _head = head;
            _moved.TrySetResult();
            _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Also rows of a database that was restored into another cluster, whose transactions count anew.</summary>
    private async Task ForgetAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand("""
            delete from case_change where at < now() - $1 or tx >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            """);
        command.Parameters.Add(new() { Value = Kept });
        await command.ExecuteNonQueryAsync(stop);
    }
}
