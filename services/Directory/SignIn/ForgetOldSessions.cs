using Npgsql;
using ServiceDefaults.Persistence;

namespace Directory.SignIn;

/// <summary>Removes sessions and their refresh tokens a day after their end: until then a stolen token is still recognised.</summary>
internal sealed partial class ForgetOldSessions(NpgsqlDataSource database, TimeProvider clock, ILogger<ForgetOldSessions> log) : BackgroundService
{
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var command = database.CreateCommand("with forgotten as (delete from failed_sign_in where hour < $1) delete from session where expires_at < $1");
                command.Parameters.Add(new() { Value = clock.GetUtcNow() - KeptAfterEnd });
                await command.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (Exception fault) when (fault.IsInfrastructureFault())
            {
                Postponed(log, fault.GetType().Name);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old sessions stay for another hour: {Fault}")]
    private static partial void Postponed(ILogger log, string fault);
}
