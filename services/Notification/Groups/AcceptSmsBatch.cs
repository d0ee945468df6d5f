using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Notification.Sending;
using Notification.Storage;
using ServiceDefaults;

namespace Notification.Groups;

/// <summary>
/// Takes the order for many SMS that belong together, by one statement. It has a queue of its own: however many of them wait there, an answer does not stand behind them.
/// </summary>
internal sealed class AcceptSmsBatch(NotificationDb db, StoreOrders orders, CityTime city, TimeProvider clock) : IConsumer<SendSmsBatch>
{
    public async Task Consume(ConsumeContext<SendSmsBatch> context)
    {
        var (batch, stop) = (context.Message, context.CancellationToken);
        var now = clock.GetUtcNow();
        await db.Database.ExecuteSqlAsync($"""
            insert into sms_group (id, moved_at, next_look_at) values ({batch.GroupId}, {now}, {now})
            on conflict (id) do update set next_look_at = {now} where sms_group.next_look_at is null or sms_group.next_look_at > {now}
            """, stop);
        // A withdrawal that commits meanwhile finds these SMS in its next look; being held, they wait for it.
        var isWithdrawn = await db.Set<SmsGroup>().AnyAsync(group => group.Id == batch.GroupId && group.WithdrawnAt != null, stop);
        await orders.StoreAsync([.. batch.Messages.DistinctBy(message => message.SmsId).Select(message => new SendSms
        {
            SmsId = message.SmsId,
            To = message.To,
            Text = message.Text,
            Channel = batch.Channel,
            From = batch.From,
            Purpose = batch.Purpose,
            Payer = batch.Payer,
            ExpiresAt = batch.ExpiresAt,
            ReportTo = batch.ReportTo,
        })], stop, isWithdrawn ? WithdrawGroup.Reason : null, batch.Purpose == SmsPurpose.Broadcast ? city.QuietHours : null, batch.GroupId);
    }
}
