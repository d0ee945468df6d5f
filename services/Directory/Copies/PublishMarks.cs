using Contracts.Directory;
using Npgsql;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Copies;

/// <summary>
/// Says every five seconds how much there is, counted by one statement and so at one instant. Not through the outbox: the next one says it again, and an old one is
/// worth nothing.
/// </summary>
internal sealed partial class PublishMarks(NpgsqlDataSource database, SendingBus bus, TimeProvider clock, ILogger<PublishMarks> log) : BackgroundService
{
    private const string Mark = """
        select 'unit', count(*), coalesce(sum(version), 0)::bigint from unit
        union all select 'position', count(*), coalesce(sum(version), 0)::bigint from position
        union all select 'assignment', count(*), coalesce(sum(version), 0)::bigint from assignment
        union all select 'official', count(*), coalesce(sum(version), 0)::bigint from official
        union all select 'roles', count(*), coalesce(sum(roles_version), 0)::bigint from account where official_id is not null
        union all select 'contact', count(*), coalesce(sum(version), 0)::bigint from official
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(Interval, clock, log, async stop => await PublishAsync(await MarkAsync(stop), stop), stoppingToken);

    private async Task<DirectoryMarkPublished> MarkAsync(CancellationToken stop)
    {
        var at = clock.GetUtcNow();
        await using var command = database.CreateCommand(Mark);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var kinds = new List<KindMark>();
        while (await reader.ReadAsync(stop))
            kinds.Add(new() { Kind = reader.GetString(0), Rows = reader.GetInt64(1), Changes = reader.GetInt64(2) });
        return new() { At = at, Kinds = kinds };
    }

    private async Task PublishAsync(DirectoryMarkPublished mark, CancellationToken stop)
    {
        // The copies see that no mark comes.
        if (await bus.TellAsync(mark, KeptFor, stop) is { } fault)
            NotPublished(log, fault);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mark not published: {Fault}")]
    private static partial void NotPublished(ILogger log, string fault);
}
