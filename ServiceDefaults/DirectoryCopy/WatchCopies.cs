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
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MarksCome = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _startedAt;
    private volatile IReadOnlyList<KeptCopyRow> _rows;

    public CopyState(IEnumerable<KeptCopy> copies, IMeterFactory meters, TimeProvider clock)
    {
        (_clock, _startedAt) = (clock, clock.GetUtcNow());
        // A copy has no row before its first mark; that none comes is seen all the same.
        _rows = [.. copies.Select(copy => new KeptCopyRow { Name = copy.Name })];
        var meter = meters.Create(Telemetry.Name);
        meter.CreateObservableGauge("platform.directory_copy.behind",
            () => _rows.Select(row => new Measurement<long>(row.Behind + Missed(row), Copy(row))), "{change}",
            "Changes by which the copy and Directory differ; when no mark has come for a minute, one more for each that should have");
        meter.CreateObservableGauge("platform.directory_copy.since_agreement",
            () => _rows.Select(row => new Measurement<double>((clock.GetUtcNow() - (row.AgreedAt ?? _startedAt)).TotalSeconds, Copy(row))),
            "s", "Time since the copy was last found to be the same as Directory; of one that never was, since this process started");
    }

    public void Saw(IReadOnlyList<KeptCopyRow> rows) => _rows = [.. rows, .. _rows.ExceptBy(rows.Select(row => row.Name), row => row.Name, StringComparer.Ordinal)];

    /// <summary>What is wrong, or null. After its first start a copy has a minute to fill itself.</summary>
    public string? Problem()
    {
        var now = _clock.GetUtcNow();
        var late = _rows.Where(row => now - (row.AgreedAt ?? _startedAt) > Patience).Select(row =>
            row.HeardAt is null ? $"{row.Name}: nothing heard from Directory yet"
            : now - row.HeardAt > Patience ? $"{row.Name}: no news from Directory since {row.HeardAt:u}"
            : $"{row.Name}: differs from Directory by {row.Behind} changes");
        return string.Join("; ", late) is { Length: > 0 } problem ? problem : null;
    }

    /// <summary>What Directory has changed since its last mark is not known: a figure that stood still would look like agreement.</summary>
    private long Missed(KeptCopyRow row) => _clock.GetUtcNow() - (row.HeardAt ?? _startedAt) is var silence && silence > Patience ? silence.Ticks / MarksCome.Ticks : 0;

    private static KeyValuePair<string, object?> Copy(KeptCopyRow row) => new("copy", row.Name);
}

/// <summary>Reads every five seconds how the copies compared.</summary>
internal sealed class WatchCopies(NpgsqlDataSource database, CopyState state, TimeProvider clock, ILogger<WatchCopies> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromSeconds(5), clock, log, LookAsync, stoppingToken);

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
}

/// <summary>Degraded: the service goes on with what it has.</summary>
internal sealed class CopyCheck(CopyState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(state.Problem() is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());
}
