using System.Diagnostics;
using System.Text.Json;
using Contracts.InboundSms;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDefaults.Messaging;

/// <summary>
/// Hands outbox rows to the broker with publisher confirms and <c>mandatory</c>, and deletes what is confirmed. Dying between the two means that
/// the row is published again under the same message id, which the consumers' inbox recognises. Several relays share the work by partition.
/// </summary>
internal sealed partial class OutboxRelay(
    NpgsqlDataSource database, SendingBus bus, OutboxBell bell, OutboxState state, TimeProvider clock, ILogger<OutboxRelay> log) : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    // One partition with due rows that no other relay holds.
    private const string TakePartition = """
        select p.id from outbox_partition p
        where exists (select 1 from outbox o where o.partition = p.id and o.next_attempt_at <= now())
        order by random() limit 1 for update of p skip locked
        """;

    // A row that waits for its next attempt holds back the later rows of its key only.
    private const string TakeRows = """
        select o.seq, o.id, o.type, o.key, o.body, o.acted_by, o.occurred_at, o.trace_parent, o.attempts, o.destination from outbox o
        where o.partition = $1 and o.next_attempt_at <= now()
          and not exists (select 1 from outbox e where e.partition = o.partition and e.key = o.key and e.seq < o.seq and e.next_attempt_at > now())
        order by o.seq limit $2
        """;

    private sealed record Row(
        long Seq, Guid Id, string Type, string Key, string Body, string ActedBy, DateTimeOffset OccurredAt, string? TraceParent, int Attempts, string? Destination);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!bus.IsBrokerThere)
                    await Task.Delay(Rest, clock, stoppingToken);
                else if (!await RelayOnePartitionAsync(stoppingToken))
                    await bell.WaitAsync(Rest, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // Database or broker away: the rows wait in place.
                Waiting(log, fault.GetType().Name);
                await bell.WaitAsync(Rest, stoppingToken);
            }
        }
    }

    private async Task<bool> RelayOnePartitionAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using var take = new NpgsqlCommand(TakePartition, connection);
        if (await take.ExecuteScalarAsync(stop) is not short partition)
            return false;

        var rows = await RowsAsync(connection, partition, stop);
        var outcomes = await Task.WhenAll(rows.GroupBy(row => row.Key, StringComparer.Ordinal).Select(group => PublishInOrderAsync(group, stop)));
        var published = outcomes.SelectMany(outcome => outcome.Published).ToArray();

        await using var settle = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("delete from outbox where seq = any($1)") { Parameters = { new() { Value = published } } },
            },
        };
        foreach (var outcome in outcomes.Where(outcome => outcome.Refused is not null))
        {
            settle.BatchCommands.Add(new("""
                update outbox set attempts = attempts + 1, last_error = $2,
                  next_attempt_at = now() + least(power(2, attempts), 60) * interval '1 second' where seq = $1
                """)
            { Parameters = { new() { Value = outcome.Refused!.Seq }, new() { Value = outcome.Why! } } });
        }

        await settle.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        state.Relayed.Add(published.Length);
        return published.Length > 0 && !outcomes.Any(outcome => outcome.BrokerAway);
    }

    private static async Task<List<Row>> RowsAsync(NpgsqlConnection connection, short partition, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(TakeRows, connection)
        {
            Parameters = { new() { Value = partition }, new() { Value = BatchSize } },
        };
        await using var reader = await command.ExecuteReaderAsync(stop);
        var rows = new List<Row>();
        while (await reader.ReadAsync(stop))
        {
            rows.Add(new(reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                reader.GetFieldValue<DateTimeOffset>(6), await reader.IsDBNullAsync(7, stop) ? null : reader.GetString(7), reader.GetInt32(8),
                await reader.IsDBNullAsync(9, stop) ? null : reader.GetString(9)));
        }

        return rows;
    }

    private sealed record Outcome(List<long> Published, Row? Refused = null, string? Why = null, bool BrokerAway = false);

    private async Task<Outcome> PublishInOrderAsync(IEnumerable<Row> rows, CancellationToken stop)
    {
        var published = new List<long>();
        foreach (var row in rows)
        {
            try
            {
                await PublishAsync(row, stop);
                published.Add(row.Seq);
            }
            catch (MessageReturnedException)
            {
                // No queue is bound yet: its service has never started. The row stays, and health shows its age.
                Returned(log, row.Type, row.Attempts + 1);
                return new(published, row, "no queue is bound");
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException and not ObjectDisposedException)
            {
                Unreadable(log, row.Seq, row.Type, fault);
                return new(published, row, fault.GetType().Name);
            }
            catch (Exception fault) when (!stop.IsCancellationRequested)
            {
                // What was confirmed is settled; the rest waits, without counting attempts, until the broker is back.
                Waiting(log, fault.GetType().Name);
                return new(published, BrokerAway: true);
            }
        }

        return new(published);
    }

    private async Task PublishAsync(Row row, CancellationToken stop)
    {
        var type = typeof(SmsReceived).Assembly.GetType(row.Type) ?? throw new InvalidOperationException($"No contract is named {row.Type}.");
        var message = JsonSerializer.Deserialize(row.Body, type, Outbox.Json)!;
        _ = ActivityContext.TryParse(row.TraceParent, traceState: null, isRemote: true, out var parent);
        using var activity = Telemetry.Source.StartActivity($"outbox {type.Name}", ActivityKind.Internal, parent);
        var pipe = Pipe.New<SendContext>(configure => configure.UseExecute(context =>
        {
            context.MessageId = row.Id;
            context.Headers.Set(MessageHeaders.ActedBy, row.ActedBy);
            context.Headers.Set(MessageHeaders.OccurredAt, row.OccurredAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
            if (context.TryGetPayload(out RabbitMqSendContext? rabbit))
                rabbit.Mandatory = true;
        }));
        await bus.HandOverAsync(async (bus, limit) =>
        {
            if (row.Destination is null)
                await bus.Publish(message, type, pipe, limit);
            else
                await (await bus.GetSendEndpoint(new Uri($"exchange:{row.Destination}"))).Send(message, type, pipe, limit);
        }, stop);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox waits: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Outbox row {Seq} of type {Type} cannot be read")]
    private static partial void Unreadable(ILogger log, long seq, string type, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody receives {Type} yet (attempt {Attempt}); it stays in the outbox")]
    private static partial void Returned(ILogger log, string type, int attempt);
}

/// <summary>Headers that every message of the platform carries beside its id and trace context.</summary>
public static class MessageHeaders
{
    /// <summary>Account, application or "system".</summary>
    public const string ActedBy = "acted-by";

    /// <summary>When it happened, ISO 8601 in UTC.</summary>
    public const string OccurredAt = "occurred-at";
}
