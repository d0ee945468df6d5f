using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Notification.Providers;
using Notification.Sending;
using Notification.Storage;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Operating;

/// <summary>Section <c>Sending:Budgets:&lt;name&gt;</c>: segments of a month, of a unit, an application, a channel, or of all. It warns and stops nothing.</summary>
public sealed record Budget
{
    [Range(1, long.MaxValue)]
    public long Segments { get; init; } = 1;

    /// <summary>Code of the unit or id of the application; null: all.</summary>
    public string? Payer { get; init; }

    /// <summary>Whose provider sends; null: all. For a prepaid provider that cannot be asked.</summary>
    public string? Channel { get; init; }

    /// <summary>The part from which on it is an alarm.</summary>
    [Range(0.01, 1)]
    public double AlarmAt { get; init; } = 0.8;
}

internal sealed record BudgetState(string Name, long Segments, long Used, bool IsAlarm);

/// <summary>What has been used, and how far the budgets are.</summary>
internal sealed class Budgets(NpgsqlDataSource database, IOptions<SendingOptions> options, CityTime city, TimeProvider clock)
{
    private const int Shards = 16;

    private const string Add = """
        insert into sms_usage (month, payer, channel, purpose, shard, sms, segments)
        select $1, payer, $2, purpose, $3, count(*), sum(segments) from unnest($4, $5, $6) as accepted (payer, purpose, segments) group by payer, purpose order by payer, purpose
        on conflict (month, payer, channel, purpose, shard) do update set sms = sms_usage.sms + excluded.sms, segments = sms_usage.segments + excluded.segments
        """;

    /// <summary>In the transaction that records the acceptance: what is counted was accepted, and what was accepted is counted. Of test keys nothing is.</summary>
    public async Task CountAsync(NpgsqlConnection connection, string channel, List<Sms> accepted)
    {
        if (channel == Channels.Simulation)
            return;
        await using var command = new NpgsqlCommand(Add, connection);
        object[] values =
        [
            Month(), channel, (short)Random.Shared.Next(Shards), accepted.ConvertAll(sms => sms.Payer ?? ""), accepted.ConvertAll(sms => sms.Purpose.ToString()),
            accepted.ConvertAll(sms => (int)sms.Segments),
        ];
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public async Task<IReadOnlyList<BudgetState>> ReadAsync(CancellationToken stop)
    {
        var states = new List<BudgetState>();
        foreach (var (name, budget) in options.Value.Budgets.OrderBy(budget => budget.Key, StringComparer.Ordinal))
        {
            await using var command = database.CreateCommand("""
                select coalesce(sum(segments), 0)::bigint from sms_usage where month = $1 and ($2::text is null or payer = $2) and ($3::text is null or channel = $3)
                """);
            foreach (var value in new object[] { Month(), (object?)budget.Payer ?? DBNull.Value, (object?)budget.Channel ?? DBNull.Value })
                command.Parameters.Add(new() { Value = value });
            var used = (long)(await command.ExecuteScalarAsync(stop))!;
            states.Add(new(name, budget.Segments, used, used >= budget.Segments * budget.AlarmAt));
        }

        return states;
    }

    /// <summary>Of the city's calendar.</summary>
    public DateOnly Month()
    {
        var today = city.Local(clock.GetUtcNow());
        return new(today.Year, today.Month, 1);
    }
}

/// <summary>Degraded when a budget comes to its end, before it is there; and its gauge, as of the last look.</summary>
internal sealed class BudgetIsEnough : IHealthCheck
{
    private readonly Budgets _budgets;
    private volatile IReadOnlyList<BudgetState> _seen = [];

    public BudgetIsEnough(Budgets budgets, IMeterFactory meters)
    {
        _budgets = budgets;
        meters.Create(Telemetry.Name).CreateObservableGauge("platform.sms.budget_used",
            () => _seen.Select(state => new Measurement<double>((double)state.Used / state.Segments, new KeyValuePair<string, object?>("budget", state.Name))), "1", "Part of a month's budget that is used");
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            _seen = await _budgets.ReadAsync(cancellationToken);
            return _seen.Where(state => state.IsAlarm).ToList() is { Count: > 0 } alarms
                ? HealthCheckResult.Degraded(string.Join(", ", alarms.Select(state => FormattableString.Invariant($"{state.Name} has used {state.Used} of {state.Segments} segments"))))
                : HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (fault.IsInfrastructureFault())
        {
            return HealthCheckResult.Degraded("not reachable");
        }
    }
}
