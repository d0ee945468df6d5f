using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDefaults.Messaging;

/// <summary>
/// Removes inbox and Idempotency-Key rows after 30 days: longer than a message can wait in a queue, or a client can go on repeating.
/// </summary>
internal sealed partial class ForgetOldKeys(NpgsqlDataSource database, TimeProvider clock, ILogger<ForgetOldKeys> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var command = database.CreateCommand("""
                    delete from inbox where received_at < now() - interval '30 days';
                    delete from idempotency where created_at < now() - interval '30 days'
                    """);
                await command.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (NpgsqlException fault)
            {
                Postponed(log, fault.SqlState);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old keys stay for another hour: database fault {SqlState}")]
    private static partial void Postponed(ILogger log, string? sqlState);
}
