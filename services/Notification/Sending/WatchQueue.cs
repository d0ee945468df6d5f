using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notification.Providers;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Sending;

/// <summary>What operators see of sending.</summary>
internal sealed class SmsMetrics
{
    private readonly Counter<long> _handovers;
    private readonly Counter<long> _reports;
    private volatile QueueView _view = new([], 0, 0);

    public SmsMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.Name);
        _handovers = meter.CreateCounter<long>("platform.sms.handovers", "{sms}", "Handovers to providers by outcome");
        _reports = meter.CreateCounter<long>("platform.sms.reports", "{report}", "Delivery reports at the door by result");
        meter.CreateObservableGauge("platform.sms.waiting",
            () => _view.Lanes.Select(lane => new Measurement<long>(lane.Waiting, Purpose(lane))), "{sms}", "SMS that wait for their handover");
        meter.CreateObservableGauge("platform.sms.oldest_wait",
            () => _view.Lanes.Select(lane => new Measurement<double>(lane.OldestSeconds, Purpose(lane))), "s", "Age of the longest waiting SMS that is due");
        meter.CreateObservableGauge("platform.sms.uncertain", () => _view.Uncertain, "{sms}", "SMS of which nobody knows whether the provider has them");
        meter.CreateObservableGauge("platform.sms.parked_reports", () => _view.ParkedReports, "{report}", "Delivery reports that fit no SMS yet");
    }

    public void HandedOver(string channel, string purpose, SendResult result) =>
        _handovers.Add(1, new("channel", channel), new("purpose", purpose), new("outcome", result.ToString()));

    public void Reported(string channel, string result) => _reports.Add(1, new("channel", channel), new("result", result));

    public void Saw(QueueView view) => _view = view;

    private static KeyValuePair<string, object?> Purpose(LaneView lane) => new("purpose", lane.Purpose);
}

internal sealed record LaneView(string Purpose, long Waiting, double OldestSeconds);

internal sealed record QueueView(IReadOnlyList<LaneView> Lanes, long Uncertain, long ParkedReports);

/// <summary>Reads the gauges' values every ten seconds.</summary>
internal sealed partial class WatchQueue(NpgsqlDataSource database, SmsMetrics metrics, TimeProvider clock, ILogger<WatchQueue> log) : BackgroundService
{
    private const string Lanes = """
        select purpose, count(*), coalesce(extract(epoch from $1 - min(next_attempt_at) filter (where next_attempt_at <= $1)), 0)::float8
        from sms where state = 'Queued' group by purpose
        """;

    private const string Rest = """
        select (select count(*) from sms where state = 'Uncertain'), (select count(*) from report where applied_at is null)
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (fault.IsInfrastructureFault())
            {
                NotSeen(log, fault.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken stop)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Lanes) { Parameters = { new() { Value = clock.GetUtcNow() } } });
        batch.BatchCommands.Add(new(Rest));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var lanes = new List<LaneView>();
        while (await reader.ReadAsync(stop))
            lanes.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2)));
        await reader.NextResultAsync(stop);
        await reader.ReadAsync(stop);
        metrics.Saw(new(lanes, reader.GetInt64(0), reader.GetInt64(1)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queue was not looked at: {Fault}")]
    private static partial void NotSeen(ILogger log, string fault);
}

/// <summary>Degraded when an SMS has been due for a minute: its provider is away, or its channel is no longer configured.</summary>
internal sealed class OldestDueSms(NpgsqlDataSource database, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(1);

    // An SMS that waits for its next attempt counts from its first one; one that waits for the morning, from then.
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("select min(coalesce(not_before, created_at)) from sms where state = 'Queued'");
            return await command.ExecuteScalarAsync(cancellationToken) is DateTime oldest && clock.GetUtcNow().UtcDateTime - oldest > Old
                ? HealthCheckResult.Degraded($"an SMS waits since {oldest:u}")
                : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }
}
