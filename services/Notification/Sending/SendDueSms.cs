using Microsoft.Extensions.Options;
using Notification.Providers;
using Npgsql;

namespace Notification.Sending;

/// <summary>
/// The sending engine: for each channel two loops, one for the urgent lanes and one for the patient ones, that commit the intents of a few due SMS in one
/// statement and hand them over side by side. Instances share the work by <c>skip locked</c>. A loop's slots are its own, so that neither a slow provider nor
/// a long queue holds up anybody else's SMS.
/// </summary>
internal sealed partial class SendDueSms(
    NpgsqlDataSource database, Channels channels, HandOver handOver, SendingBell bell, IOptions<SendingOptions> options, TimeProvider clock,
    ILogger<SendDueSms> log)
    : BackgroundService
{
    // The statement is its own transaction: when rows come back, their intents are committed.
    private const string Lease = """
        with due as (
          select id from sms
          where state = 'Queued' and sent_by = $1 and lane between $4 and $5 and next_attempt_at <= $2 and expires_at > $2
          order by lane, next_attempt_at limit $3 for update skip locked)
        update sms set state = 'Intent', intent_at = $2, changed_at = $2, lease_no = lease_no + 1, attempts = attempts + 1
        from due join sms_content content on content.sms_id = due.id
        where sms.id = due.id
        returning sms.id, lease_no, attempts, intent_at, purpose, trace_parent, content.number, content.sender, content.text
        """;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(channels.Senders.Values.SelectMany(channel => new[]
        {
            ServeAsync(channel, Lanes.Urgent, options.Value.InFlight, options.Value.Batch, stoppingToken),
            ServeAsync(channel, Lanes.Patient, options.Value.PatientInFlight, options.Value.PatientBatch, stoppingToken),
        }));

    private async Task ServeAsync(SendingChannel channel, (short From, short To) lanes, int inFlight, int batch, CancellationToken stop)
    {
        using var slots = new SemaphoreSlim(inFlight, inFlight);
        try
        {
            while (true)
            {
                await slots.WaitAsync(stop);
                var free = 1;
                while (free < batch && slots.Wait(0, CancellationToken.None))
                    free++;

                var ring = bell.Next;
                var due = await LeaseAsync(channel, lanes, free);
                if (due.Count < free)
                    slots.Release(free - due.Count);
                foreach (var sms in due)
                    _ = HandOverAsync(channel, sms, slots, stop);
                if (due.Count < free)
                    await Bell.WaitAsync(ring, stop);
                stop.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Calls in flight end within their time limit; cutting them off would make them uncertain.
            for (var ended = 0; ended < inFlight; ended++)
                await slots.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Not cancelled at shutdown: an intent that was committed unseen would have to be called uncertain.</summary>
    private async Task<List<SmsToSend>> LeaseAsync(SendingChannel channel, (short From, short To) lanes, int most)
    {
        var due = new List<SmsToSend>();
        if (channel.Rests)
            return due;
        try
        {
            await using var command = database.CreateCommand(Lease);
            command.Parameters.Add(new() { Value = channel.Name });
            command.Parameters.Add(new() { Value = clock.GetUtcNow() });
            command.Parameters.Add(new() { Value = most });
            command.Parameters.Add(new() { Value = lanes.From });
            command.Parameters.Add(new() { Value = lanes.To });
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            while (await reader.ReadAsync(CancellationToken.None))
            {
                due.Add(new(reader.GetGuid(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4),
                    TextOrNull(reader, 5), reader.GetString(6), TextOrNull(reader, 7), reader.GetString(8)));
            }
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // One channel's fault must not end its loop while the others go on.
            Waiting(log, channel.Name, fault);
            due.Clear();
        }

        return due;
    }

    private static string? TextOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private async Task HandOverAsync(SendingChannel channel, SmsToSend sms, SemaphoreSlim slots, CancellationToken stop)
    {
        try
        {
            await handOver.RunAsync(channel, sms, stop);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The row stays an intent, and is listed as uncertain in a minute.
            Failed(log, sms.Id, fault);
        }
        finally
        {
            slots.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending on {Channel} waits")]
    private static partial void Waiting(ILogger log, string channel, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of SMS {SmsId} was not recorded")]
    private static partial void Failed(ILogger log, Guid smsId, Exception fault);
}
