using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace InboundSms.Receive;

/// <summary>Degraded when a channel refuses more than five calls in five minutes because they prove nothing: a wrongly set key, or somebody at the door.</summary>
internal sealed class UnprovedCallsCheck(NpgsqlDataSource database, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("""
                select channel from quarantine where received_at > $1 and reason in ('signature', 'credentials') group by channel having count(*) > 5 order by count(*) desc limit 1
                """);
            command.Parameters.Add(new() { Value = clock.GetUtcNow() - Window });
            return await command.ExecuteScalarAsync(cancellationToken) is string channel
                ? HealthCheckResult.Degraded($"calls to channel {channel} are refused: is its secret the provider's?")
                : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }
}
