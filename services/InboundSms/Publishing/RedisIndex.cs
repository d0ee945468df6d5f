using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Redis.OM;
using Redis.OM.Contracts;
using Redis.OM.Modeling;
using Redis.OM.Searching;
using StackExchange.Redis;

namespace InboundSms.Publishing;

/// <summary>What of a public case Redis finds it by. Times are microseconds since 1970: exact in a double until the year 2255.</summary>
[Document(StorageType = StorageType.Json, IndexName = "public-case-1-idx", Prefixes = new[] { "public-case-1" }, Language = "indonesian")]
public sealed class FoundCase
{
    [RedisIdField, Indexed]
    public string? Id { get; set; }

    [Indexed]
    public string UnitId { get; set; } = "";

    [Searchable]
    public string Words { get; set; } = "";

    [Indexed]
    public long ReceivedAt { get; set; }

    [Indexed(Sortable = true)]
    public long PublishAt { get; set; }
}

/// <summary>
/// Keeps the index: asks at the start, and every half minute while there is none, whether a Redis with the query engine answers; fills it from PostgreSQL; then follows
/// what changes. Losing Redis loses nothing. Several instances may fill at once: they write the same.
/// </summary>
internal sealed partial class RedisIndex(IServiceScopeFactory scopes, string connectionString, TimeProvider clock, ILogger<RedisIndex> log) : BackgroundService
{
    private const int PageSize = 500;
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);
    // What was taken down shows nothing any more, and is gone from Redis after two days.
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(2);
    private static readonly TimeSpan BetweenFills = TimeSpan.FromDays(1);
    // A change is stamped before it is committed.
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(2);

    private RedisConnectionProvider? _redis;
    private volatile bool _isFilled;

    /// <summary>Null while PostgreSQL has to find.</summary>
    public IRedisCollection<FoundCase>? Documents => _isFilled ? Collection() : null;

    public static long Microseconds(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static bool IsRedisFault(Exception fault) =>
        fault is RedisException or RedisTimeoutException or TimeoutException || fault.InnerException is RedisException or RedisTimeoutException;

    /// <summary>PostgreSQL finds from now on, until the index is filled anew.</summary>
    public void Lose(Exception fault)
    {
        _isFilled = false;
        // Its message would carry the words that were looked for.
        Lost(log, fault.GetType().Name);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PrepareAsync(stoppingToken);
                var (seen, filledAt) = (await FillAsync(DateTimeOffset.UnixEpoch, stoppingToken), clock.GetUtcNow());
                _isFilled = true;
                Filled(log);
                while (_isFilled)
                {
                    await Task.Delay(BetweenLooks, clock, stoppingToken);
                    var isOld = clock.GetUtcNow() - filledAt > BetweenFills;
                    var latest = await FillAsync(isOld ? DateTimeOffset.UnixEpoch : seen - LookBack, stoppingToken);
                    (seen, filledAt) = (latest > seen ? latest : seen, isOld ? clock.GetUtcNow() : filledAt);
                }
            }
            // The library throws plain exceptions; whatever it is, PostgreSQL finds meanwhile and the service goes on.
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                Lose(fault);
            }

            await Task.Delay(BetweenProbes, clock, stoppingToken);
        }
    }

    private IRedisCollection<FoundCase> Collection() => _redis!.RedisCollection<FoundCase>(saveState: false, chunkSize: 100);

    /// <summary>Connects, makes the index if there is none like it, and proves with a document of its own that what is written is found.</summary>
    private async Task PrepareAsync(CancellationToken stop)
    {
        if (_redis is null)
        {
            var options = ConfigurationOptions.Parse(connectionString);
            // Under RESP3 every search of this library fails.
            options.Protocol = RedisProtocol.Resp2;
            options.AbortOnConnectFail = false;
            options.AsyncTimeout = options.SyncTimeout = (int)Answer.TotalMilliseconds;
            _redis = new RedisConnectionProvider(await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(stop));
        }

        var connection = _redis.Connection;
        if (!await IsCurrentAsync(connection, stop))
        {
            try
            {
                await connection.DropIndexAsync(typeof(FoundCase)).WaitAsync(stop);
            }
            catch (Exception fault) when (IsNoIndex(fault))
            {
                // Nothing to drop.
            }

            await connection.CreateIndexAsync(typeof(FoundCase)).WaitAsync(stop);
        }

        var probe = new FoundCase { Id = $"probe{Guid.NewGuid():n}", UnitId = "probe" };
        var id = probe.Id;
        await Collection().InsertAsync(probe, TimeSpan.FromSeconds(30)).WaitAsync(stop);
        try
        {
            for (var attempt = 0; await Collection().CountAsync(c => c.Id == id).WaitAsync(stop) != 1; attempt++)
            {
                if (attempt == 20)
                    throw new TimeoutException("Redis does not find what was written.");
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock, stop);
            }
        }
        finally
        {
            await Collection().DeleteAsync(probe);
        }
    }

    private static async Task<bool> IsCurrentAsync(IRedisConnection connection, CancellationToken stop)
    {
        try
        {
            return await connection.IsIndexCurrentAsync(typeof(FoundCase)).WaitAsync(stop);
        }
        catch (Exception fault) when (IsNoIndex(fault))
        {
            return false;
        }
    }

    /// <summary>Three wordings, by the age of the engine.</summary>
    private static bool IsNoIndex(Exception fault) => new List<string> { "unknown index name", "no such index", "index not found" }
        .Exists(words => fault.Message.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes what has changed since an instant; returns the latest change it saw.</summary>
    private async Task<DateTimeOffset> FillAsync(DateTimeOffset since, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        var (at, id) = (since, Guid.Empty);
        while (true)
        {
            var (lastAt, lastId) = (at, id);
            var page = await db.PublicCases.AsNoTracking().Where(c => c.ChangedAt > lastAt || (c.ChangedAt == lastAt && c.AnswerId.CompareTo(lastId) > 0))
                .OrderBy(c => c.ChangedAt).ThenBy(c => c.AnswerId).Take(PageSize).ToListAsync(stop);
            if (page.Count == 0)
                return at;
            await Collection().InsertAsync(page.ConvertAll(ToDocument), KeptFor).WaitAsync(stop);
            (at, id) = (page[^1].ChangedAt, page[^1].AnswerId);
        }
    }

    private static FoundCase ToDocument(PublicCase shown) => new()
    {
        Id = shown.AnswerId.ToString("n"),
        UnitId = shown.UnitId?.ToString("n") ?? "",
        // The engine takes a line break for a letter.
        Words = string.Join(' ', $"{shown.Question} {shown.Answer}".Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
        ReceivedAt = Microseconds(shown.ReceivedAt),
        PublishAt = Microseconds(shown.PublishAt),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis finds public messages now")]
    private static partial void Filled(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL finds public messages, Redis does not answer: {Fault}")]
    private static partial void Lost(ILogger log, string fault);
}
