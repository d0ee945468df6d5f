using System.Diagnostics;
using System.Text.RegularExpressions;
using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Providers;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Notification.Sending;

/// <summary>
/// Takes the order to send one SMS, to a number or to an official. The asking service's id makes it one, however often and under whatever message id the command
/// comes. What can never be sent is Failed with a reason, which the asking service hears; it is no poison message.
/// </summary>
internal sealed partial class AcceptSms(NotificationDb db, Channels channels, IOptions<SendingOptions> options, CityTime city, TimeProvider clock, ILogger<AcceptSms> log)
    : IConsumer<SendSms>, IConsumer<NotifyOfficial>
{
    private const int LongestText = 1600;
    private const int LongestPayer = 64;
    private const string UnknownChannel = "unknown";

    [GeneratedRegex(@"\A[A-Za-z0-9+ .-]{1,20}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sender();

    public Task Consume(ConsumeContext<SendSms> context) =>
        AcceptAsync(context.Message, context.CancellationToken, quiet: context.Message.MayWait || context.Message.Purpose == SmsPurpose.Broadcast ? city.QuietHours : null);

    public async Task Consume(ConsumeContext<NotifyOfficial> context)
    {
        var (notice, stop) = (context.Message, context.CancellationToken);
        var phone = await db.Database.SqlQuery<string?>(
            $"""select notice_phone as "Value" from contacts.contact where official_id = {notice.OfficialId}""").SingleOrDefaultAsync(stop);
        await AcceptAsync(new()
        {
            SmsId = notice.NoticeId,
            To = phone ?? "",
            Text = notice.Text,
            Channel = "",
            Purpose = notice.IsUrgent ? SmsPurpose.Emergency : SmsPurpose.Notice,
            Payer = notice.Payer,
            ExpiresAt = notice.ExpiresAt,
        }, stop, phone is null ? "no-notice-phone" : null, notice.MayWait ? await QuietHoursAsync(notice.OfficialId, stop) : null);
    }

    /// <summary>His own, else the city's.</summary>
    private async Task<QuietHours> QuietHoursAsync(Guid official, CancellationToken stop) =>
        (await db.Preferences.AsNoTracking().SingleOrDefaultAsync(preference => preference.OfficialId == official, stop))?.QuietHours ?? city.QuietHours;

    private async Task AcceptAsync(SendSms order, CancellationToken stop, string? refusal = null, QuietHours? quiet = null)
    {
        var now = clock.GetUtcNow();
        if (order.Channel.Length == 0)
            order = order with { Channel = options.Value.DefaultChannel };
        var number = PhoneNumber.Parse(order.To);
        var sentBy = channels.SenderOf(order.Channel);
        refusal ??= RefusalOf(order, number, sentBy);
        if (!await InsertAsync(order, sentBy, quiet?.PeriodAt(now, city), now, stop))
        {
            Repeated(log, order.SmsId);
            return;
        }

        if (refusal is not null)
        {
            // Its words were never ours to send, so they are not kept.
            var sms = await db.LockSmsAsync(order.SmsId, stop);
            sms.Learn(db, new("service", null, refusal, SmsState.Failed, refusal), now);
            await db.SaveChangesAsync(stop);
            Refused(log, order.SmsId, refusal);
            return;
        }

        await db.Database.ExecuteSqlAsync(
            $"insert into sms_content (sms_id, number, sender, text) values ({order.SmsId}, {number.Value}, {order.From}, {order.Text})", stop);
        db.HasNewSms = true;
        Accepted(log, order.SmsId, order.Purpose);
    }

    private static string? RefusalOf(SendSms order, PhoneNumber number, string? sentBy) => order switch
    {
        _ when sentBy is null => "channel-unknown",
        _ when !number.CanBeAnswered => "number-invalid",
        { Text.Length: 0 or > LongestText } => "text-invalid",
        _ when order.Text.Contains('\0', StringComparison.Ordinal) => "text-invalid",
        { Payer.Length: > LongestPayer } => "payer-invalid",
        { From: { } from } when !Sender().IsMatch(from) => "sender-invalid",
        _ => null,
    };

    private async Task<bool> InsertAsync(
        SendSms order, string? sentBy, (DateTimeOffset From, DateTimeOffset To)? quiet, DateTimeOffset now, CancellationToken stop)
    {
        var channel = channels.Find(order.Channel) is null ? UnknownChannel : order.Channel;
        var (purpose, lane, reference) = (order.Purpose.ToString(), Lanes.Of(order.Purpose), order.SmsId.ToString());
        var segments = (short)Math.Min(SmsText.Measure(order.Text).Segments, short.MaxValue);
        var expiresAt = order.ExpiresAt?.ToUniversalTime() ?? now + options.Value.ValidityOf(order.Purpose);
        var payer = order.Payer is { Length: <= LongestPayer } known ? known.Replace('\0', '\uFFFD') : null;
        var traceParent = Activity.Current?.Id;
        return await db.Database.ExecuteSqlAsync($"""
            insert into sms (id, purpose, lane, channel, sent_by, reference, state, segments, created_at, changed_at, expires_at, next_attempt_at, trace_parent, payer,
              quiet_from, quiet_to)
            values ({order.SmsId}, {purpose}, {lane}, {channel}, {sentBy}, {reference}, 'Queued', {segments}, {now}, {now}, {expiresAt}, {now}, {traceParent}, {payer},
              {quiet?.From}, {quiet?.To})
            on conflict (id) do nothing
            """, stop) == 1;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "SMS {SmsId} accepted ({Purpose})")]
    private static partial void Accepted(ILogger log, Guid smsId, SmsPurpose purpose);

    [LoggerMessage(Level = LogLevel.Information, Message = "SMS {SmsId} was ordered again")]
    private static partial void Repeated(ILogger log, Guid smsId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "SMS {SmsId} cannot be sent: {Reason}")]
    private static partial void Refused(ILogger log, Guid smsId, string reason);
}
