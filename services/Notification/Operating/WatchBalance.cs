using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notification.Providers;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Operating;

/// <summary>
/// Asks prepaid providers every quarter of an hour what is left: an empty account is the most common silent outage. One instance asks, all of them know.
/// </summary>
internal sealed partial class WatchBalance : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);

    private readonly NpgsqlDataSource _database;
    private readonly Channels _channels;
    private readonly TimeProvider _clock;
    private readonly ILogger<WatchBalance> _log;
    private volatile IReadOnlyList<Said> _said = [];

    public WatchBalance(NpgsqlDataSource database, Channels channels, TimeProvider clock, IMeterFactory meters, ILogger<WatchBalance> log)
    {
        (_database, _channels, _clock, _log) = (database, channels, clock, log);
        meters.Create(Telemetry.Name).CreateObservableGauge("platform.sms.balance",
            () => _said.Select(said => new Measurement<double>((double)said.Amount, new("channel", said.Channel), new("currency", said.Currency))), "{money}", "What is left at a prepaid provider");
    }

    internal sealed record Said(string Channel, decimal Amount, string? Currency, DateTimeOffset At);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromMinutes(1), _clock, _log, LookAsync, stoppingToken);

    public async Task LookAsync(CancellationToken stop)
    {
        foreach (var channel in _channels.Senders.Values.Where(channel => channel.IsPrepaid))
            await AskAsync(channel, stop);
        _said = await ReadAsync(_database, stop);
    }

    public static async Task<IReadOnlyList<Said>> ReadAsync(NpgsqlDataSource database, CancellationToken stop)
    {
        await using var command = database.CreateCommand("select channel, amount, currency, said_at from balance where amount is not null order by channel");
        await using var reader = await command.ExecuteReaderAsync(stop);
        var said = new List<Said>();
        while (await reader.ReadAsync(stop))
            said.Add(new(reader.GetString(0), reader.GetDecimal(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return said;
    }

    private async Task AskAsync(SendingChannel channel, CancellationToken stop)
    {
        var now = _clock.GetUtcNow();
        await using var claim = _database.CreateCommand("""
            insert into balance (channel, asked_at) values ($1, $2)
            on conflict (channel) do update set asked_at = excluded.asked_at where balance.asked_at <= $3
            """);
        foreach (var value in new object[] { channel.Name, now, now - Every })
            claim.Parameters.Add(new() { Value = value });
        if (await claim.ExecuteNonQueryAsync(stop) == 0)
            return;
        if (await channel.BalanceAsync(stop) is not var (amount, currency))
            return;
        currency = ReportFields.IsName(currency) ? currency : null;
        await using var keep = _database.CreateCommand("update balance set amount = $2, currency = $3, said_at = $4 where channel = $1");
        foreach (var value in new object[] { channel.Name, amount, (object?)currency ?? DBNull.Value, now })
            keep.Parameters.Add(new() { Value = value });
        await keep.ExecuteNonQueryAsync(stop);
        Left(_log, channel.Name, amount, currency);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Left at the provider of channel {Channel}: {Amount} {Currency}")]
    private static partial void Left(ILogger log, string channel, decimal amount, string? currency);
}

/// <summary>Degraded when less is left than the channel's <c>BalanceAlarm</c>, before it is nothing, and when its provider has not said for an hour what is left.</summary>
internal sealed class BalanceIsEnough(NpgsqlDataSource database, Channels channels, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Old = TimeSpan.FromHours(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var (known, since) = (await WatchBalance.ReadAsync(database, cancellationToken), clock.GetUtcNow() - Old);
            var low = known.Where(said => said.Amount < channels.Find(said.Channel)?.BalanceAlarm)
                .Select(said => FormattableString.Invariant($"{said.Channel} has {said.Amount} {said.Currency} left"));
            var silent = channels.Senders.Values.Where(channel => channel.IsPrepaid && channels.Find(channel.Name)?.BalanceAlarm is not null)
                .Select(channel => channel.Name).Except(known.Where(said => said.At >= since).Select(said => said.Channel), StringComparer.Ordinal)
                .Select(name => $"{name} has not said what is left");
            return low.Concat(silent).ToList() is { Count: > 0 } alarms ? HealthCheckResult.Degraded(string.Join(", ", alarms)) : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }
}
