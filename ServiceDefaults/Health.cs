using System.Text.Json;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using ServiceDefaults.SignIn;

namespace ServiceDefaults;

/// <summary>
/// <c>/health/live</c>: the process runs. <c>/health/ready</c>: it can do its own job; Degraded (broker away, old outbox, stale sign-in state) is still 200.
/// </summary>
public static class Health
{
    internal static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).RequirePermission(Permissions.Anybody);
        app.MapHealthChecks("/health/ready", new() { ResponseWriter = WriteAsync }).RequirePermission(Permissions.Anybody);
    }

    /// <summary>Checks of a service with a database, an outbox and sign-in.</summary>
    public static void AddServiceHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<DatabaseCheck>("database", HealthStatus.Unhealthy, timeout: TimeSpan.FromSeconds(3))
        .AddCheck<OutboxCheck>("outbox", HealthStatus.Degraded, timeout: TimeSpan.FromSeconds(3))
        .AddCheck<SignInCheck>("sign-in", HealthStatus.Degraded);

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        return context.Response.WriteAsJsonAsync(new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(entry => entry.Key, entry => new
            {
                status = entry.Value.Status.ToString(),
                entry.Value.Description,
            }, StringComparer.Ordinal),
        }, JsonSerializerOptions.Web, "application/json", context.RequestAborted);
    }

    private sealed class DatabaseCheck(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = database.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException fault)
            {
                return new(context.Registration.FailureStatus, fault.SqlState ?? "not reachable");
            }
        }
    }

    private sealed class OutboxCheck(NpgsqlDataSource database, TimeProvider clock) : IHealthCheck
    {
        private static readonly TimeSpan Old = TimeSpan.FromMinutes(1);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = database.CreateCommand("select min(occurred_at) from outbox");
                return await command.ExecuteScalarAsync(cancellationToken) is DateTime oldest && clock.GetUtcNow().UtcDateTime - oldest > Old
                    ? HealthCheckResult.Degraded($"oldest message waits since {oldest:u}")
                    : HealthCheckResult.Healthy();
            }
            catch (NpgsqlException fault)
            {
                return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
            }
        }
    }

    private sealed class SignInCheck(SignInState state) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(state.IsFresh ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("no news from Directory for a minute"));
    }
}
