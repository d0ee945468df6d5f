using Broadcast.Storage;
using Broadcast.Wording;
using Contracts.Notification;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Broadcast.Sending;

/// <summary>
/// Orders the SMS of the next hundred recipients: their ids, their state and the command are one transaction, so each recipient has one SMS whenever a process dies.
/// Notification gets no more ahead than it can be asked to give back soon; where nothing is left to order and to hand over, the broadcast is completed.
/// </summary>
internal sealed partial class OrderChunk(BroadcastDb db, IOptions<BroadcastOptions> options, BroadcastMetrics metrics, TimeProvider clock, ILogger<OrderChunk> log)
{
    public const int Size = 100;

    /// <summary>The caller has locked the row, and commits. True when another chunk can follow at once.</summary>
    public async Task<bool> RunAsync(BroadcastMessage broadcast, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var sending = await db.Sendings.FromSql($"select * from sending where broadcast_id = {broadcast.Id} for update").SingleAsync(stop);
        // The first ones show whether something is wrong with all of them.
        var most = sending.Processed < options.Value.PauseWindow ? Math.Min(options.Value.PauseWindow, options.Value.MostAhead) : options.Value.MostAhead;
        if (sending.Ahead + Size > most)
            return false;
        var next = await db.Recipients.FromSql($"""
            select * from recipient where broadcast_id = {broadcast.Id} and revision = {broadcast.Revision} and state = 'Listed' order by official_id limit {Size}
            """).ToListAsync(stop);
        if (next.Count == 0)
        {
            await CompleteAsync(broadcast, sending, now, stop);
            return false;
        }

        var revision = await db.Revisions.AsNoTracking().SingleAsync(r => r.BroadcastId == broadcast.Id && r.No == broadcast.Revision, stop);
        foreach (var recipient in next)
            (recipient.State, recipient.SmsId, recipient.Chunk, recipient.ChangedAt) = (RecipientState.Ordered, Guid.CreateVersion7(now), (int)(sending.Ordered / Size), now);
        db.Publish(broadcast.Id, Outbox.System, new SendSmsBatch
        {
            GroupId = broadcast.Id,
            Purpose = broadcast.IsEmergency ? SmsPurpose.Emergency : SmsPurpose.Broadcast,
            Channel = revision.Channel,
            From = revision.SenderId,
            Payer = sending.Payer,
            ExpiresAt = revision.UsefulUntil,
            ReportTo = TrackDelivery.Queue,
            Messages = next.ConvertAll(recipient => new GroupedSms { SmsId = recipient.SmsId!.Value, To = recipient.Number!, Text = TextFor(revision.Text, recipient) }),
        });
        sending.Ordered += next.Count;
        await db.SaveInBulkAsync(stop);
        metrics.Ordered(next.Count);
        return true;
    }

    /// <summary>On a phone that several people share it names nobody.</summary>
    private static string TextFor(string text, Recipient recipient) =>
        recipient.IsShared ? PlaceholderText.Render(text, null, null, null) : PlaceholderText.Render(text, recipient.Name, recipient.Title, recipient.UnitCode);

    /// <summary>What is pending at a provider may stay so for ever; there is nothing to wait for.</summary>
    private async Task CompleteAsync(BroadcastMessage broadcast, SendingProgress sending, DateTimeOffset now, CancellationToken stop)
    {
        if (sending.Ahead > 0)
            return;
        (broadcast.State, broadcast.EndedAt, broadcast.ChangedAt) = (BroadcastState.Completed, now, now);
        broadcast.Version++;
        db.Record(broadcast, "Completed", Outbox.System, now, new { sending.Ordered, sending.HandedOver, sending.Uncertain, sending.Delivered, sending.Failed });
        await db.SaveChangesAsync(stop);
        Completed(log, broadcast.Id, sending.Ordered);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Broadcast {Id} is completed: {Ordered} SMS")]
    private static partial void Completed(ILogger log, Guid id, long ordered);
}
