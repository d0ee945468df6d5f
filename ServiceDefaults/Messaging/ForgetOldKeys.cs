using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceDefaults.Persistence;

namespace ServiceDefaults.Messaging;

/// <summary>
/// Removes inbox and Idempotency-Key rows after 30 days: longer than a message can wait in a queue, or a client can go on repeating.
/// </summary>
internal sealed class ForgetOldKeys(NpgsqlDataSource database, TimeProvider clock, ILogger<ForgetOldKeys> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromHours(1), clock, log, async stop =>
    {
        await using var command = database.CreateCommand("""
            delete from inbox where received_at < now() - interval '30 days';
            delete from idempotency where created_at < now() - interval '30 days'
            """);
        await command.ExecuteNonQueryAsync(stop);
    }, stoppingToken);
}
