using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceDefaults.Persistence;

namespace ServiceDefaults.DirectoryCopy;

/// <summary>What operators see of the copies; every instance shows what one of them has compared.</summary>
internal sealed class CopyState
{
    private readonly TimeProvider _clock;
    private volatile IReadOnlyList<KeptCopyRow> _rows = [];

    public CopyState(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.Create(Telemetry.Name);
        meter.CreateObservableGauge("platform.directory_copy.behind",
            () => _rows.Select(row => new Measurement<long>(row.Behind, Copy(row))), "{change}", "Changes by which the copy and Directory differ");
        meter.CreateObservableGauge("platform.directory_copy.since_agreement",
            () => _rows.Where(row => row.AgreedAt is not null).Select(row => new Measurement<double>((clock.GetUtcNow() - row.AgreedAt!.Value).TotalSeconds, Copy(row))),
            "s", "Time since the copy was last found to be the same as Directory");
    }

    public void Saw(IReadOnlyList<KeptCopyRow> rows) => _rows = rows;

    /// <summary>What is wrong, or null. Right after the first start a copy has a moment to fill itself: it has no row before the first mark.</summary>
    public string? Problem(TimeSpan patience)
    {
        var now = _clock.GetUtcNow();
        var late = _rows.Where(row => row.AgreedAt is null || now - row.AgreedAt > patience)
            .Select(row => row.AgreedAt is { } at && now - row.HeardAt > patience ? $"{row.Name}: no news from Directory since {at:u}"
                : $"{row.Name}: differs from Directory by {row.Behind} changes");
        return string.Join("; ", late) is { Length: > 0 } problem ? problem : null;
    }

    private static KeyValuePair<string, object?> Copy(KeptCopyRow row) => new("copy", row.Name);
}

/// <summary>Reads every five seconds how the copies compared.</summary>
internal sealed partial class WatchCopies(NpgsqlDataSource database, CopyState state, TimeProvider clock, ILogger<WatchCopies> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), clock);
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
        await using var command = database.CreateCommand("select name, heard_at, behind, agreed_at from directory_copy");
        await using var reader = await command.ExecuteReaderAsync(stop);
        var rows = new List<KeptCopyRow>();
        while (await reader.ReadAsync(stop))
        {
            rows.Add(new()
            {
                Name = reader.GetString(0),
                HeardAt = await reader.GetFieldValueAsync<DateTimeOffset?>(1, stop),
                Behind = reader.GetInt64(2),
                AgreedAt = await reader.GetFieldValueAsync<DateTimeOffset?>(3, stop),
            });
        }

        state.Saw(rows);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The copies of the directory were not looked at: {Fault}")]
    private static partial void NotSeen(ILogger log, string fault);
}

/// <summary>Degraded: the service goes on with what it has.</summary>
internal sealed class CopyCheck(CopyState state) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(state.Problem(Patience) is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());
}
