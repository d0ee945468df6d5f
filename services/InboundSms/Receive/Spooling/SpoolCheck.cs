using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InboundSms.Receive.Spooling;

/// <summary>Degraded while messages wait for the database for more than a minute, while a person has to look at some, or when there would be no room for any.</summary>
internal sealed class SpoolCheck(Spool spool, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(spool.Folder switch
    {
        null => HealthCheckResult.Healthy(),
        { IsThere: false } => HealthCheckResult.Degraded("the folder is not there"),
        { SetAside: [var first, ..] } => HealthCheckResult.Degraded($"somebody must look at {first.Name}"),
        { Waiting.Since: { } since } when clock.GetUtcNow() - since > Old => HealthCheckResult.Degraded($"messages wait since {since:u}"),
        _ => HealthCheckResult.Healthy(),
    });
}

internal static class Spooling
{
    public static void AddSpool(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Spool>();
        builder.Services.AddHostedService<DrainSpool>();
        builder.Services.AddHealthChecks().AddCheck<SpoolCheck>("spool", HealthStatus.Degraded);
        // Without a database this process still takes messages, as long as the spool does: whoever asks for its health must go on sending them here.
        builder.Services.AddOptions<HealthCheckServiceOptions>().Configure<Spool>((health, spool) =>
            health.Registrations.Single(check => check.Name == "database").FailureStatus = spool.Folder is null ? HealthStatus.Unhealthy : HealthStatus.Degraded);
    }
}
