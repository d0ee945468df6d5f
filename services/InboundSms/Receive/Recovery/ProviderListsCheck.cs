using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace InboundSms.Receive.Recovery;

/// <summary>Degraded when a provider's list could not be read to its end for an hour: what its webhook misses now would be missed for good.</summary>
internal sealed class ProviderListsCheck(NpgsqlDataSource database, Channels channels, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("""
                select channel from provider_list where channel = any($1) and coalesce(listed_until, watched_since) < $2 order by channel limit 1
                """);
            command.Parameters.Add(new() { Value = channels.WithList.Select(channel => channel.Key).ToArray() });
            command.Parameters.Add(new() { Value = clock.GetUtcNow() - Long });
            return await command.ExecuteScalarAsync(cancellationToken) is string channel
                ? HealthCheckResult.Degraded($"the provider's list of channel {channel} could not be read for an hour")
                : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }
}
