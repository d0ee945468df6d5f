using Broadcast.Storage;
using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Broadcast.Receiving;

/// <summary>Keeps what became of an SMS that was sent once more to one person. The version decides, not the order of arrival.</summary>
internal sealed class TrackResend(BroadcastDb db) : IConsumer<DeliveryStatusChanged>
{
    public Task Consume(ConsumeContext<DeliveryStatusChanged> context)
    {
        var change = context.Message;
        var state = (change.Status switch
        {
            DeliveryStatus.Delivered => RecipientState.Delivered,
            DeliveryStatus.Failed => RecipientState.Failed,
            _ => RecipientState.Ordered,
        }).ToString();
        return db.Database.ExecuteSqlAsync($"""
            update resend set state = {state}, status_version = {change.Version}, at_operator = {change.AcceptedByOperator}, is_uncertain = {change.Uncertain}, failure = {change.Reason},
              changed_at = {change.At.ToUniversalTime()}
            where sms_id = {change.SmsId} and status_version < {change.Version}
            """, context.CancellationToken);
    }
}
