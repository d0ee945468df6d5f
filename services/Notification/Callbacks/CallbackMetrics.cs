using System.Diagnostics.Metrics;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Callbacks;

/// <summary>What operators see of callbacks.</summary>
internal sealed class CallbackMetrics
{
    private readonly Counter<long> _calls;

    public CallbackMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.Name);
        _calls = meter.CreateCounter<long>("platform.notification.callbacks", "{call}", "Callbacks to applications by result");
        meter.CreateObservableGauge("platform.notification.callbacks_waiting", () => Waiting, "{callback}", "Callbacks that no application has heard yet");
    }

    public long Waiting { get; set; }

    public void Called(CallbackCall.Result result) => _calls.Add(1, new KeyValuePair<string, object?>("result", result.ToString()));
}

/// <summary>Counts what waits, and forgets what is over: heard after a week, given up after a month.</summary>
internal sealed class TidyCallbacks(NpgsqlDataSource database, CallbackMetrics metrics, TimeProvider clock, ILogger<TidyCallbacks> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromMinutes(1), clock, log, async stop =>
    {
        await using var command = database.CreateCommand("""
            with forgotten as (delete from callback
              where (outcome = 'Delivered' and changed_at < $1 - interval '7 days') or (outcome = 'Failed' and changed_at < $1 - interval '30 days'))
            select count(*) from callback where outcome = 'Waiting'
            """);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        metrics.Waiting = (long)(await command.ExecuteScalarAsync(stop))!;
    }, stoppingToken);
}
