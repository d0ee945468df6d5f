using System.Diagnostics.Metrics;
using Broadcast.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Broadcast.Sending;

/// <summary>What operators see of broadcasts.</summary>
internal sealed class BroadcastMetrics
{
    private readonly Counter<long> _ordered;
    private volatile BroadcastView _view = new([], 0);

    public BroadcastMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.Name);
        _ordered = meter.CreateCounter<long>("platform.broadcast.ordered", "{sms}", "SMS of broadcasts that Notification was asked to send");
        meter.CreateObservableGauge("platform.broadcast.open",
            () => _view.Open.Select(state => new Measurement<long>(state.Count, new KeyValuePair<string, object?>("state", state.State))), "{broadcast}", "Broadcasts that are not at their end, by state");
        meter.CreateObservableGauge("platform.broadcast.unordered", () => _view.Unordered, "{sms}", "Recipients of running and paused broadcasts for whom no SMS is ordered yet");
    }

    public void Ordered(int count) => _ordered.Add(count);

    public void Saw(BroadcastView view) => _view = view;
}

internal sealed record BroadcastView(IReadOnlyList<(string State, long Count)> Open, long Unordered);

/// <summary>Reads the gauges' values every ten seconds.</summary>
internal sealed class WatchSending(NpgsqlDataSource database, BroadcastMetrics metrics, TimeProvider clock, ILogger<WatchSending> log) : BackgroundService
{
    private const string Open = "select state, count(*) from broadcast where state in ('Submitted', 'Scheduled', 'Late', 'Sending', 'Paused') group by state";

    private const string Unordered = """
        select count(*) from broadcast b join recipient r on r.broadcast_id = b.id and r.revision = b.revision and r.state = 'Listed' where b.state in ('Sending', 'Paused')
        """;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromSeconds(10), clock, log, LookAsync, stoppingToken);

    private async Task LookAsync(CancellationToken stop)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Open));
        batch.BatchCommands.Add(new(Unordered));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var open = new List<(string, long)>();
        while (await reader.ReadAsync(stop))
            open.Add((reader.GetString(0), reader.GetInt64(1)));
        await reader.NextResultAsync(stop);
        await reader.ReadAsync(stop);
        metrics.Saw(new(open, reader.GetInt64(0)));
    }
}

/// <summary>
/// Degraded when a broadcast waits for a person because it is too late, when one that is due has not begun for a minute, or when Notification has said nothing for five minutes of
/// one that it has SMS of, outside quiet hours.
/// </summary>
internal sealed class BroadcastsMove(NpgsqlDataSource database, CityTime city, TimeProvider clock) : IHealthCheck
{
    private const string Standing = """
        select min(b.number) from broadcast b join revision r on r.broadcast_id = b.id and r.no = b.revision left join sending s on s.broadcast_id = b.id
        where b.state = 'Late' or (b.state = 'Scheduled' and greatest(r.send_at, b.changed_at) < $1 - interval '1 minute')
          or (b.state = 'Sending' and not $2 and s.ordered > s.handed_over + s.uncertain + s.delivered + s.failed + s.withdrawn
            and greatest(s.told_at, b.changed_at) < $1 - interval '5 minutes')
        """;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        try
        {
            await using var command = database.CreateCommand(Standing);
            command.Parameters.Add(new() { Value = now });
            command.Parameters.Add(new() { Value = (city.QuietHours.EndAt(now, city) ?? city.QuietHours.EndAt(now - TimeSpan.FromMinutes(5), city)) is not null });
            return await command.ExecuteScalarAsync(cancellationToken) is long number
                ? HealthCheckResult.Degraded($"broadcast {number} stands still")
                : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }
}
