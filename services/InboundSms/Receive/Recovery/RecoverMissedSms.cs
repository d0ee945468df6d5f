using System.Diagnostics.Metrics;
using InboundSms.Receive.Parts;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly.Timeout;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Recovery;

/// <summary>
/// Asks each provider's own list, every ten minutes, for messages that its webhook did not deliver: most providers give up after a few tries. What is found goes
/// the way of every message, so that a webhook that comes after all is a repeat. One instance asks: the claim on <c>provider_list</c> is one per interval.
/// </summary>
internal sealed partial class RecoverMissedSms(
    Channels channels, IEnumerable<IProviderList> lists, ListClient client, Intake intake, PulledPages pages, Quarantine quarantine, NpgsqlDataSource database,
    IOptions<RecoveryOptions> options, TimeProvider clock, IMeterFactory meters, ILogger<RecoverMissedSms> log) : BackgroundService
{
    // A provider may enter a message late into its list; what is asked for twice is harmless.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);
    // Younger ones may be on their way to the door: they were not missed.
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMinutes(2);
    private const int MostPages = 200;
    private const int AtOnce = 100;

    private readonly RecoveryOptions _options = options.Value;

    private readonly Counter<long> _recovered = meters.Create(Telemetry.Name)
        .CreateCounter<long>("platform.sms.recovered", "{sms}", "SMS found in a provider's list that its webhook had not delivered");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        from channel in channels.WithList
        join list in lists on channel.Value.Type equals list.Type
        select WatchAsync(channel.Key, channel.Value, list, stoppingToken));

    private async Task WatchAsync(string name, ChannelOptions channel, IProviderList list, CancellationToken stop)
    {
        var due = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        do
        {
            var now = clock.GetUtcNow();
            if (now < due)
                continue;
            due = now + (_options.Interval / 10);
            try
            {
                if (await ClaimAsync(name, now, stop) is not { } from)
                    continue;
                // Before the next claim, which another instance may make.
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
                limit.CancelAfter(_options.Interval);
                await AskAsync(name, channel, list, from, now, limit.Token);
            }
            catch (Exception fault) when (!stop.IsCancellationRequested
                && (fault is HttpRequestException or TimeoutRejectedException or OperationCanceledException or InvalidDataException or NpgsqlException || fault.IsInfrastructureFault()))
            {
                NotAsked(log, name, fault is HttpRequestException { StatusCode: { } status } ? $"{(int)status}" : fault.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>From when on to ask, or null when this interval is another instance's.</summary>
    private async Task<DateTimeOffset?> ClaimAsync(string name, DateTimeOffset now, CancellationToken stop)
    {
        await using var command = database.CreateCommand("""
            insert into provider_list (channel, watched_since, asked_at) values ($1, $2, $2)
            on conflict (channel) do update set asked_at = $2 where provider_list.asked_at <= $3
            returning coalesce(listed_until - $4, '-infinity')
            """);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now - _options.Interval });
        command.Parameters.Add(new() { Value = Overlap });
        return await command.ExecuteScalarAsync(stop) is DateTime from ? new DateTimeOffset(Math.Max(from.Ticks, (now - _options.LookBack).UtcTicks), TimeSpan.Zero) : null;
    }

    private async Task AskAsync(string name, ChannelOptions channel, IProviderList list, DateTimeOffset from, DateTimeOffset now, CancellationToken stop)
    {
        var (listed, recovered, isReadable) = (0, 0, true);
        foreach (var (id, body) in await pages.LeftAsync(name, stop))
            await TakeAsync(id, body);

        string? next = "";
        for (var asked = 0; next is not null; asked++)
        {
            var url = next.Length == 0 ? list.FirstPage(channel, from, now) : new Uri(channel.ListUrl!, next);
            if (asked == MostPages || !url.Authority.Equals(channel.ListUrl!.Authority, StringComparison.OrdinalIgnoreCase) || url.Scheme != channel.ListUrl.Scheme)
                throw new InvalidDataException("A list without end, or one that goes on elsewhere.");
            var body = await client.GetAsync(list, channel, url, stop);
            next = await TakeAsync(list.TellsOnce ? await pages.KeepAsync(name, body, now, stop) : null, body);
        }

        Asked(log, name, listed, recovered);
        if (!isReadable)
            throw new InvalidDataException("A page that cannot be read.");
        await using var command = database.CreateCommand("update provider_list set listed_until = $2 where channel = $1");
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = now });
        await command.ExecuteNonQueryAsync(stop);

        async Task<string?> TakeAsync(long? kept, byte[] body)
        {
            if (list.Read(channel, body) is not { } page)
            {
                // A page that is told once stays, for the release that can read it.
                isReadable = false;
                return null;
            }

            listed += page.Messages.Count;
            recovered += await StoreAsync(name, list.TellsOnce ? page.Messages : [.. page.Messages.Where(sms => sms.ProviderTime is null || sms.ProviderTime <= now - OnItsWay)], stop);
            foreach (var refused in page.Refused)
                await quarantine.KeepOnceAsync(name, refused.Reason, refused.Raw, stop);
            if (kept is not null)
                await pages.ForgetAsync(kept.Value, stop);
            return page.Next;
        }
    }

    /// <summary>
    /// How many of them were new. What the door brings of these senders as parts of long messages waits meanwhile: whoever is second, door or list, finds what the first has
    /// stored. Lists tell no parts, so nothing in here waits for these locks itself.
    /// </summary>
    private async Task<int> StoreAsync(string name, IReadOnlyList<IncomingSms> messages, CancellationToken stop)
    {
        var recovered = 0;
        foreach (var some in messages.Chunk(AtOnce))
            recovered += await StoreAsync(name, some, stop);
        if (recovered > 0)
            _recovered.Add(recovered, new KeyValuePair<string, object?>("platform.sms.channel", name));
        return recovered;
    }

    private async Task<int> StoreAsync(string name, IncomingSms[] messages, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        // Sorted: two that hold several locks must not wait for each other crosswise.
        await using (var senders = new NpgsqlCommand("select pg_advisory_xact_lock(key) from (select distinct hashtextextended(sender, $2) as key from unnest($1) as asked (sender) order by 1) keys", connection))
        {
            senders.Parameters.Add(new() { Value = messages.Select(StorePart.SenderOf).ToArray() });
            senders.Parameters.Add(new() { Value = StorePart.SenderLock });
            await senders.ExecuteNonQueryAsync(stop);
        }

        var held = await HeldSms.FindAsync(connection, name, [.. messages.Select(sms => ReceivedSms.Of(name, sms, clock.GetUtcNow()))], stop);
        foreach (var (place, _) in held.Where(one => one.Value))
            await intake.KeepOtherWordsAsync(name, messages[place], isListed: true);
        var isNew = await Task.WhenAll(messages.Where((_, place) => !held.ContainsKey(place)).Select(sms => StoreAsync(name, sms, stop)));
        return isNew.Count(one => one);
    }

    private async Task<bool> StoreAsync(string name, IncomingSms sms, CancellationToken stop)
    {
        try
        {
            return !(await intake.WriteAsync(name, sms, stop)).IsDuplicate;
        }
        catch (Exception fault) when (Intake.IsOfTheMessage(fault) && !stop.IsCancellationRequested)
        {
            // It would stand in the way of all the others for ever.
            await quarantine.KeepOnceAsync(name, "storage", sms.Raw, stop);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The list of channel {Channel} has {Listed} messages; {Recovered} had not come through the door")]
    private static partial void Asked(ILogger log, string channel, int listed, int recovered);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The list of channel {Channel} could not be asked: {Fault}")]
    private static partial void NotAsked(ILogger log, string channel, string fault);
}
