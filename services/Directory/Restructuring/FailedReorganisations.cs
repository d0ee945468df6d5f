using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Directory.Restructuring;

/// <summary>Degraded while a reorganisation waits for a correction, or is a minute late.</summary>
internal sealed class FailedReorganisations(NpgsqlDataSource database, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("""
                select status, failure_code, effective_at from reorganisation
                where status = 'Failed' or (status = 'Planned' and effective_at < $1) order by effective_at, id limit 1
                """);
            command.Parameters.Add(new() { Value = clock.GetUtcNow() - Late });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
                return HealthCheckResult.Healthy();
            return HealthCheckResult.Degraded(reader.GetString(0) == "Failed"
                ? $"the reorganisation of {reader.GetDateTime(2):u} failed: {reader.GetString(1)}"
                : $"the reorganisation of {reader.GetDateTime(2):u} is late");
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }
}
