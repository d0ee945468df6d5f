using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace InboundSms.Receive;

/// <summary>
/// Degraded when a channel refuses more than five calls in five minutes because they prove nothing: a wrongly set key, or somebody at the door; and for a day when a
/// provider's own message was kept aside: a person must read it.
/// </summary>
internal sealed class UnprovedCallsCheck(NpgsqlDataSource database, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ToBeRead = TimeSpan.FromDays(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("""
                select case when is_proved then 'what channel ' || channel || ' brought stands in quarantine: look at it'
                  else 'calls to channel ' || channel || ' are refused: is its secret the provider''s?' end
                from quarantine where (is_proved and received_at > $2) or (received_at > $1 and reason in ('signature', 'credentials'))
                group by channel, is_proved having is_proved or count(*) > 5 order by is_proved desc, count(*) desc limit 1
                """);
            command.Parameters.Add(new() { Value = clock.GetUtcNow() - Window });
            command.Parameters.Add(new() { Value = clock.GetUtcNow() - ToBeRead });
            return await command.ExecuteScalarAsync(cancellationToken) is string found ? HealthCheckResult.Degraded(found) : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }
}
