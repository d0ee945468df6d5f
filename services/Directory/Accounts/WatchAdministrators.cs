using System.Diagnostics.Metrics;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Directory.Accounts;

/// <summary>
/// Two administrators with a second factor, at least: one alone is ill, leaves, loses his telephone, and nobody looks over his shoulder. Until then health is
/// Degraded and <c>platform.administrators</c> below two. The clock closes administrators like everybody else, so health looks a week ahead.
/// </summary>
internal sealed class WatchAdministrators : BackgroundService, IHealthCheck
{
    public const int Needed = 2;
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(7);

    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private volatile int _count;

    public WatchAdministrators(IServiceScopeFactory scopes, IMeterFactory meters, TimeProvider clock, ILogger<WatchAdministrators> log)
    {
        (_scopes, _clock, _log) = (scopes, clock, log);
        meters.Create(Telemetry.Name).CreateObservableGauge(
            "platform.administrators", () => _count, "{account}", "Administrators who can sign in: enabled, with a second factor");
    }

    public static IQueryable<Account> WhoCanSignIn(DirectoryDb db, DateTimeOffset now) => db.Accounts.Where(Admission.At(db, now))
        .Where(account => account.TwoFactorEnabled && account.Roles.Contains(Roles.Administrator));

    public static Task<int> CountAsync(DirectoryDb db, DateTimeOffset now, CancellationToken stop) => WhoCanSignIn(db, now).CountAsync(stop);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await CountAsync(TimeSpan.Zero, cancellationToken) is var count && count < Needed
                ? HealthCheckResult.Degraded($"administrators with a second factor: {count}, needed: {Needed}")
                : await CountAsync(Ahead, cancellationToken) is var left && left < Needed
                    ? HealthCheckResult.Degraded($"administrators with a second factor in a week: {left}, needed: {Needed}")
                    : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Degraded(fault.SqlState ?? "not reachable");
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromSeconds(10), _clock, _log, async stop => _count = await CountAsync(TimeSpan.Zero, stop), stoppingToken);

    private async Task<int> CountAsync(TimeSpan ahead, CancellationToken stop)
    {
        await using var scope = _scopes.CreateAsyncScope();
        return await CountAsync(scope.ServiceProvider.GetRequiredService<DirectoryDb>(), _clock.GetUtcNow() + ahead, stop);
    }
}
