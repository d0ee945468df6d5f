using Microsoft.EntityFrameworkCore;
using Notification.Sending;
using Notification.Storage;
using Npgsql;
using ServiceDefaults.Persistence;

namespace Notification.Callbacks;

/// <summary>
/// Tells applications what became of their messages: each change at least once, those of one message in their order. A try is counted before the call; who dies
/// in between leaves it due again after a minute, under the same <c>webhook-id</c>. An address that fails again and again rests between single tries, and never
/// holds up another's. Instances share the work by <c>skip locked</c>.
/// </summary>
internal sealed partial class CallBack(NpgsqlDataSource database, CallbackCall call, CallbackMetrics metrics, TimeProvider clock, ILogger<CallBack> log) : BackgroundService
{
    private const int AtOnce = 8;
    private const int RestsAfter = 5;

    // About a day and a half in all.
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(18),
    ];

    private const string Lease = """
        with address as (
          select id, url, generation, old_until, failures from callback_address a
          where url is not null and (rests_until is null or rests_until <= $1) and id <> all($2)
            and exists (select from callback c where c.application_id = a.id and c.outcome = 'Waiting' and c.next_attempt_at <= $1)
          for update skip locked),
        due as (
          select c.seq, address.* from address cross join lateral (
            select seq from callback c
            where c.application_id = address.id and c.outcome = 'Waiting' and c.next_attempt_at <= $1
              and not exists (select from callback earlier where earlier.message_id = c.message_id and earlier.message_version < c.message_version and earlier.outcome = 'Waiting')
            order by c.next_attempt_at, c.seq limit case when address.failures < $3 then $4 else 1 end for update skip locked) c),
        rests as (update callback_address a set rests_until = $1 + interval '1 minute' from address where a.id = address.id and address.failures >= $3)
        update callback c set attempts = attempts + 1, last_attempt_at = $1, next_attempt_at = $1 + interval '1 minute'
        from due where c.seq = due.seq
        returning c.seq, c.id, c.application_id, c.attempts, due.url, due.generation, due.old_until, c.kind, c.message_id, c.message_version, c.reference, c.is_test,
          c.state, c.reason, c.is_contradictory, c.changed_at
        """;

    private const string Outcome = """
        update callback set outcome = $3, last_answer = $4, next_attempt_at = $5 where seq = $1 and attempts = $2 and outcome = 'Waiting'
        """;

    private const string Standing = """
        update callback_address set failures = case when $2 then 0 else failures + 1 end,
          rests_until = case when $2 or failures + 1 < $3 then null else $4 + least(interval '1 minute' * power(2, failures + 1 - $3), interval '1 hour') end
        where id = $1
        """;

    private readonly Dictionary<Guid, Task> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var ended in _running.Where(running => running.Value.IsCompleted).Select(running => running.Key).ToList())
                    _running.Remove(ended);
                try
                {
                    foreach (var ofOne in (await LeaseAsync(stoppingToken)).GroupBy(callback => callback.Application))
                        _running[ofOne.Key] = Task.WhenAll(ofOne.Select(TellAsync));
                }
                catch (Exception fault) when (fault.IsInfrastructureFault())
                {
                    Waiting(log, fault.GetType().Name);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Values);
        }
    }

    private async Task<List<DueCallback>> LeaseAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand(Lease);
        foreach (var value in new object[] { clock.GetUtcNow(), _running.Keys.ToArray(), RestsAfter, AtOnce })
            command.Parameters.Add(new() { Value = value });
        var due = new List<DueCallback>();
        await using var row = await command.ExecuteReaderAsync(stop);
        while (await row.ReadAsync(stop))
        {
            due.Add(new(row.GetInt64(0), row.GetGuid(1), row.GetGuid(2), row.GetInt32(3), row.GetString(4), row.GetInt32(5),
                row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6), row.GetString(7), row.GetGuid(8), row.GetInt64(9), row.IsDBNull(10) ? null : row.GetString(10),
                row.GetBoolean(11), Enum.Parse<SmsState>(row.GetString(12)), row.IsDBNull(13) ? null : row.GetString(13), row.GetBoolean(14), row.GetFieldValue<DateTimeOffset>(15)));
        }

        return due;
    }

    private async Task TellAsync(DueCallback callback)
    {
        try
        {
            var (result, answer) = await call.TryAsync(callback);
            var isOver = result != CallbackCall.Result.Again || callback.Attempt > Pauses.Length;
            var outcome = result == CallbackCall.Result.Heard ? CallbackOutcome.Delivered : isOver ? CallbackOutcome.Failed : CallbackOutcome.Waiting;
            metrics.Called(result);
            var now = clock.GetUtcNow();
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(Command(Outcome, callback.Seq, callback.Attempt, outcome.ToString(), answer, isOver ? now : now + Pauses[callback.Attempt - 1]));
            // A refusal is an answer: the address is there.
            batch.BatchCommands.Add(Command(Standing, callback.Application, result != CallbackCall.Result.Again, RestsAfter, now));
            await batch.ExecuteNonQueryAsync();
            Called(log, callback.Id, callback.Application, result, answer);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The row is due again in a minute.
            NotRecorded(log, callback.Id, fault);
        }
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Callback {CallbackId} to application {Application}: {Result} ({Answer})")]
    private static partial void Called(ILogger log, Guid callbackId, Guid application, CallbackCall.Result result, string answer);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of callback {CallbackId} was not recorded")]
    private static partial void NotRecorded(ILogger log, Guid callbackId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Callbacks wait: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);
}
