using Microsoft.Extensions.Options;
using Notification.Providers;

namespace Notification.Sending;

/// <summary>
/// The sending engine: for each channel two loops, one for the urgent lanes and one for the patient ones, that commit the intents of a few due SMS together and
/// hand them over side by side. Instances share the work by <c>skip locked</c>. A loop's slots are its own, so that neither a slow provider nor a long queue
/// holds up anybody else's SMS.
/// </summary>
internal sealed partial class SendDueSms(
    Channels channels, LeaseDueSms due, HandOver handOver, RecordOutcomes outcomes, SendingBell bell, IOptions<SendingOptions> options, TimeProvider clock,
    ILogger<SendDueSms> log)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(channels.Senders.Values.SelectMany(channel => new[]
        {
            ServeAsync(channel, Lanes.Urgent, options.Value.InFlight, options.Value.Batch, 1, stoppingToken),
            ServeAsync(channel, Lanes.Patient, options.Value.PatientInFlight, options.Value.PatientBatch, options.Value.PatientBatch, stoppingToken),
        }));

    private async Task ServeAsync(
        SendingChannel channel, (short From, short To) lanes, int inFlight, int batch, int recordedTogether, CancellationToken stop)
    {
        using var slots = new SemaphoreSlim(inFlight, inFlight);
        var record = outcomes.Open(channel.Name, recordedTogether, slots, stop);
        try
        {
            while (true)
            {
                await slots.WaitAsync(stop);
                var free = 1;
                while (free < batch && slots.Wait(0, CancellationToken.None))
                    free++;

                var ring = bell.Next;
                var leased = await LeaseAsync(channel, lanes, free);
                if (leased.Sms.Count < free)
                    slots.Release(free - leased.Sms.Count);
                foreach (var sms in leased.Sms)
                    _ = handOver.RunAsync(channel, sms, record);
                if (leased.Sms.Count < free)
                    await Bell.WaitAsync(ring, leased.MoreAt - clock.GetUtcNow(), stop);
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

    private async Task<Leased> LeaseAsync(SendingChannel channel, (short From, short To) lanes, int most)
    {
        if (channel.Rests)
            return new([]);
        try
        {
            return await due.LeaseAsync(channel.Name, lanes, most);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // One channel's fault must not end its loop while the others go on.
            Waiting(log, channel.Name, fault);
            return new([]);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending on {Channel} waits")]
    private static partial void Waiting(ILogger log, string channel, Exception fault);
}
