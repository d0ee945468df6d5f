using System.Diagnostics.Metrics;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Broadcast.Privacy;

/// <summary>
/// Erases, once an hour, numbers of broadcasts that are long over and words that were answered (UU 27/2022 art. 16(2)g). What may be erased is decided in the database by
/// a rule that only its owner sets. Several instances share the work by <c>skip locked</c>; dying anywhere undoes one broadcast.
/// </summary>
internal sealed partial class ApplyRetention(NpgsqlDataSource database, TimeProvider clock, IMeterFactory meters, ILogger<ApplyRetention> log) : BackgroundService
{
    private const int Portion = 1000;

    private readonly Counter<long> _erased = meters.Create(Telemetry.Name)
        .CreateCounter<long>("platform.personal_data.erased", "{message}", "Numbers of recipients and words of answers that were erased by retention");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromHours(1), clock, log, async stop => await EraseAsync(stop) > 0, stoppingToken);

    public async Task<long> EraseAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand("select erase_expired($1)");
        command.Parameters.Add(new() { Value = Portion });
        var erased = (long)(await command.ExecuteScalarAsync(stop))!;
        if (erased > 0)
        {
            _erased.Add(erased);
            Erased(log, erased);
        }

        return erased;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Numbers of a broadcast and words of answers were erased by retention, {Count} in all")]
    private static partial void Erased(ILogger log, long count);
}
