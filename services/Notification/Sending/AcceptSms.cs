using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;

namespace Notification.Sending;

/// <summary>
/// Takes the order to send one SMS, to a number or to an official. The asking service's id makes it one, however often and under whatever message id the command comes.
/// </summary>
internal sealed class AcceptSms(NotificationDb db, StoreOrders orders, CityTime city) : IConsumer<SendSms>, IConsumer<NotifyOfficial>
{
    public Task Consume(ConsumeContext<SendSms> context) => orders.StoreAsync(
        [context.Message], context.CancellationToken, quiet: context.Message.MayWait || context.Message.Purpose == SmsPurpose.Broadcast ? city.QuietHours : null);

    public async Task Consume(ConsumeContext<NotifyOfficial> context)
    {
        var (notice, stop) = (context.Message, context.CancellationToken);
        var phone = await db.Database.SqlQuery<string?>(
            $"""select notice_phone as "Value" from contacts.contact where official_id = {notice.OfficialId}""").SingleOrDefaultAsync(stop);
        var order = new SendSms
        {
            SmsId = notice.NoticeId,
            To = phone ?? "",
            Text = notice.Text,
            Channel = "",
            Purpose = notice.IsUrgent ? SmsPurpose.Emergency : SmsPurpose.Notice,
            Payer = notice.Payer,
            ExpiresAt = notice.ExpiresAt,
            ReportTo = notice.ReportTo,
        };
        await orders.StoreAsync([order], stop, phone is null ? "no-notice-phone" : null, notice.MayWait ? await QuietHoursAsync(notice.OfficialId, stop) : null);
    }

    /// <summary>His own, else the city's.</summary>
    private async Task<QuietHours> QuietHoursAsync(Guid official, CancellationToken stop) =>
        (await db.Preferences.AsNoTracking().SingleOrDefaultAsync(preference => preference.OfficialId == official, stop))?.QuietHours ?? city.QuietHours;
}
