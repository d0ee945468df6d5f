using System.Diagnostics.Metrics;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace InboundSms.Privacy;

/// <summary>
/// Erases, once an hour, what is older than its retention rule (UU 27/2022 art. 16(2)g). What may be erased is decided in the database by rules that only its owner
/// sets (<c>deploy/privacy keep</c>); the service can do no more than ask for it. Several instances take turns by a lock; dying anywhere undoes one portion.
/// </summary>
internal sealed partial class ApplyRetention(NpgsqlDataSource database, TimeProvider clock, IMeterFactory meters, ILogger<ApplyRetention> log) : BackgroundService
{
    private const int Portion = 200;
    private const string Erase = """
        select case when pg_try_advisory_xact_lock(1163018579) then erase_expired($1) else 0 end
        """;

    private readonly Counter<long> _erased = meters.Create(Telemetry.Name)
        .CreateCounter<long>("platform.personal_data.erased", "{message}", "Messages whose words and number were erased by retention");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromHours(1), clock, log, async stop => await EraseAsync(stop) == Portion, stoppingToken);

    public async Task<long> EraseAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand(Erase);
        command.Parameters.Add(new() { Value = Portion });
        var erased = (long)(await command.ExecuteScalarAsync(stop))!;
        if (erased > 0)
        {
            _erased.Add(erased);
            Erased(log, erased);
        }

        return erased;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Words and numbers of {Count} messages were erased by retention")]
    private static partial void Erased(ILogger log, long count);
}
