using System.Globalization;
using Contracts.Sealing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace ServiceDefaults.AppendOnly;

/// <summary>Section <c>Seals</c>.</summary>
public sealed record SealOptions
{
    /// <summary>How often the others hear where the chain ends: what is cut off sooner is not missed.</summary>
    public TimeSpan HeadEvery { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>Whose chain it is.</summary>
internal sealed record ChainOwner(string Service);

/// <summary>Where a chain ended once, as somebody else keeps it.</summary>
/// <param name="Witness">The service that heard it.</param>
/// <param name="Seq">Number of the link that was the last one.</param>
/// <param name="Hash">Of that link.</param>
public sealed record ChainHead(string Witness, long Seq, byte[] Hash)
{
    /// <summary>What the witnesses say of one service's chain; a line each: witness, service, number, hash.</summary>
    public static async Task<IReadOnlyList<ChainHead>> ReadAsync(string file, string service, CancellationToken stop)
    {
        var heads = new List<ChainHead>();
        await foreach (var line in File.ReadLinesAsync(file, stop))
        {
            if (line.Split(' ') is [var witness, var of, var seq, var hash] && of == service)
                heads.Add(new(witness, long.Parse(seq, CultureInfo.InvariantCulture), Convert.FromHexString(hash)));
        }

        return heads;
    }
}

/// <summary>
/// Says in the log and to the other services where the chain ends: a chain without its end verifies too, and whoever owns the database could cut it. Not through the
/// outbox, which is in that database: the next head says more than the one before.
/// </summary>
internal sealed partial class PublishChainHead(
    NpgsqlDataSource database, SendingBus bus, ChainOwner owner, IOptions<SealOptions> options, TimeProvider clock, ILogger<PublishChainHead> log) : BackgroundService
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private ChainHeadPublished? _said;
    private bool _isStopped;

    /// <summary>The last word before a stop: what was sealed since the last minute has a witness too. The sealer has stopped by now, the bus has not.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host that a fault has ended is stopped once more by who disposes of it.
        if (Interlocked.Exchange(ref _isStopped, true))
            return;
        await base.StopAsync(cancellationToken);
        await SayAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WaitForBusAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.HeadEvery, clock);
        do
        {
            await SayAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>The bus connects beside us; without it the first head would be heard a minute later. Where it stays away, the log has the head.</summary>
    private async Task WaitForBusAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(StartLimit);
        try
        {
            await bus.WaitForBrokerAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            NotPublished(log, nameof(BusHealthStatus.Unhealthy));
        }
    }

    private async Task SayAsync(CancellationToken stop)
    {
        try
        {
            if (await HeadAsync(stop) is { } head && head != _said && await TryPublishAsync(head, stop))
                _said = head;
        }
        catch (Exception fault) when (fault.IsInfrastructureFault())
        {
            NotPublished(log, fault.GetType().Name);
        }
    }

    private async Task<ChainHeadPublished?> HeadAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand("select seq, hash from seal order by seq desc limit 1");
        await using var reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop)
            ? new() { Service = owner.Service, Seq = reader.GetInt64(0), Hash = Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(1)) }
            : null;
    }

    private async Task<bool> TryPublishAsync(ChainHeadPublished head, CancellationToken stop)
    {
        Head(log, head.Seq, head.Hash);
        if (await bus.TellAsync(head, keptFor: null, stop) is not { } fault)
            return true;
        NotPublished(log, fault);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The seal chain has {Links} links and ends with {Hash}")]
    private static partial void Head(ILogger log, long links, string hash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of the seal chain was not published: {Fault}")]
    private static partial void NotPublished(ILogger log, string fault);
}

/// <summary>Keeps what the other services say; <c>deploy/verify</c> holds their chains against it.</summary>
internal sealed class KeepChainHead(DbContext db, IEnumerable<ChainOwner> own, TimeProvider clock) : IConsumer<ChainHeadPublished>
{
    public Task Consume(ConsumeContext<ChainHeadPublished> context)
    {
        var head = context.Message;
        if (own.Any(owner => owner.Service == head.Service))
            return Task.CompletedTask;
        return db.Database.ExecuteSqlAsync($"""
            insert into chain_head (service, seq, hash, heard_at) values ({head.Service}, {head.Seq}, {Convert.FromHexString(head.Hash)}, {clock.GetUtcNow()})
            on conflict do nothing
            """, context.CancellationToken);
    }
}
