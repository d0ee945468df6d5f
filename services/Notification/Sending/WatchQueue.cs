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
    private volatile QueueView _view = new([], 0, 0, new(0, 0, 0));

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
        meter.CreateObservableGauge("platform.email.waiting", () => _view.Emails.Waiting, "{email}", "E-mails that wait for their handover");
        meter.CreateObservableGauge("platform.email.oldest_wait", () => _view.Emails.OldestSeconds, "s", "Age of the longest waiting e-mail that is due");
        meter.CreateObservableGauge("platform.email.uncertain", () => _view.Emails.Uncertain, "{email}", "E-mails of which nobody knows whether the mail server has them");
        meter.CreateObservableGauge("platform.sms.parked_reports", () => _view.ParkedReports, "{report}", "Delivery reports that fit no SMS yet");
    }

    public void HandedOver(string channel, string purpose, SendResult result)
    {
        if (channel != Channels.Simulation)
            _handovers.Add(1, new("channel", channel), new("purpose", purpose), new("outcome", result.ToString()));
    }

    public void Reported(string channel, string result) => _reports.Add(1, new("channel", channel), new("result", result));

    public void Saw(QueueView view) => _view = view;

    private static KeyValuePair<string, object?> Purpose(LaneView lane) => new("purpose", lane.Purpose);
}

internal sealed record LaneView(string Purpose, long Waiting, double OldestSeconds);

internal sealed record EmailView(long Waiting, double OldestSeconds, long Uncertain);

internal sealed record QueueView(IReadOnlyList<LaneView> Lanes, long Uncertain, long ParkedReports, EmailView Emails);

/// <summary>Reads the gauges' values every ten seconds. What test keys have ordered does not count.</summary>
internal sealed class WatchQueue(NpgsqlDataSource database, SmsMetrics metrics, TimeProvider clock, ILogger<WatchQueue> log) : BackgroundService
{
    private const string Lanes = $"""
        select purpose, count(*), coalesce(extract(epoch from $1 - min(next_attempt_at) filter (where next_attempt_at <= $1)), 0)::float8
        from sms where state = 'Queued' and sent_by is distinct from '{Channels.Simulation}' group by purpose
        """;

    private const string Rest = $"""
        select (select count(*) from sms where state = 'Uncertain' and sent_by <> '{Channels.Simulation}'),
          (select count(*) from report where applied_at is null and channel <> '{Channels.Simulation}')
        """;

    private const string Emails = """
        select count(*) filter (where state = 'Queued'),
          coalesce(extract(epoch from $1 - min(next_attempt_at) filter (where state = 'Queued' and next_attempt_at <= $1)), 0)::float8,
          count(*) filter (where state = 'Uncertain')
        from email where state in ('Queued', 'Uncertain') and not is_test
        """;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromSeconds(10), clock, log, LookAsync, stoppingToken);

    internal async Task LookAsync(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Lanes) { Parameters = { new() { Value = now } } });
        batch.BatchCommands.Add(new(Rest));
        batch.BatchCommands.Add(new(Emails) { Parameters = { new() { Value = now } } });
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var lanes = new List<LaneView>();
        while (await reader.ReadAsync(stop))
            lanes.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2)));
        await reader.NextResultAsync(stop);
        await reader.ReadAsync(stop);
        var (uncertain, parked) = (reader.GetInt64(0), reader.GetInt64(1));
        await reader.NextResultAsync(stop);
        await reader.ReadAsync(stop);
        metrics.Saw(new(lanes, uncertain, parked, new(reader.GetInt64(0), reader.GetDouble(1), reader.GetInt64(2))));
    }
}

/// <summary>Degraded when an SMS has been due for a minute: its provider is away, or its channel is no longer configured.</summary>
internal sealed class OldestDueSms(NpgsqlDataSource database, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(1);

    // An SMS that waits for its next attempt counts from its first one; one that waits for the morning, from then; one that was told to wait, not at all.
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand($"""
                select min(coalesce(not_before, created_at)) from sms where state = 'Queued' and sent_by is distinct from '{Channels.Simulation}'
                  and (group_id is null or group_id not in (select id from sms_group where is_held))
                """);
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

/// <summary>
/// Degraded when an e-mail has waited for five minutes without an attempt that counts: the mail server is away, or none is configured any more. One whose recipient's
/// server wants it later has had one.
/// </summary>
internal sealed class OldestDueEmail(NpgsqlDataSource database, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("select min(coalesce(not_before, created_at)) from email where state = 'Queued' and attempts = 0 and not is_test");
            return await command.ExecuteScalarAsync(cancellationToken) is DateTime oldest && clock.GetUtcNow().UtcDateTime - oldest > Old
                ? HealthCheckResult.Degraded($"an e-mail waits since {oldest:u}")
                : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }
}
