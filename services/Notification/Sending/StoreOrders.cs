using System.Diagnostics;
using System.Text.RegularExpressions;
using Contracts.Notification;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Providers;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.Sms;

namespace Notification.Sending;

/// <summary>
/// Makes SMS of orders, one for each id, however often it is ordered. What can never be sent is Failed with a reason, which the asking service hears; it is no poison message.
/// </summary>
internal sealed partial class StoreOrders(NotificationDb db, Channels channels, IOptions<SendingOptions> options, CityTime city, TimeProvider clock, ILogger<StoreOrders> log)
{
    private const int LongestText = 1600;
    private const int LongestPayer = 64;
    private const string UnknownChannel = "unknown";

    private sealed record Stored(Guid Id, string? Refusal);

    [GeneratedRegex(@"\A[a-z0-9-]{1,64}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Queue();

    [GeneratedRegex(@"\A[A-Za-z0-9+ .-]{1,20}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sender();

    /// <param name="orders">They differ in id, number and text only.</param>
    /// <param name="stop">Of the message that is consumed, as is the transaction.</param>
    /// <param name="refusal">Of all of them.</param>
    /// <param name="quiet">In which they wait.</param>
    /// <param name="group">That they belong to.</param>
    public async Task StoreAsync(IReadOnlyList<SendSms> orders, CancellationToken stop, string? refusal = null, QuietHours? quiet = null, Guid? group = null)
    {
        if (orders.Count == 0)
            return;
        var stored = await InsertAsync(orders, refusal, quiet, group, stop);
        if (stored.Count < orders.Count)
            Repeated(log, orders.Count - stored.Count, orders[0].SmsId);
        var refused = stored.Where(sms => sms.Refusal is not null).ToDictionary(sms => sms.Id, sms => sms.Refusal!);
        if (refused.Count > 0)
        {
            var (ids, now) = (refused.Keys.ToList(), clock.GetUtcNow());
            foreach (var sms in await db.Sms.FromSql($"select * from sms where id = any ({ids}) order by id for update").ToListAsync(stop))
            {
                sms.Learn(db, new("service", null, refused[sms.Id], SmsState.Failed, refused[sms.Id]), now);
                Refused(log, sms.Id, refused[sms.Id]);
            }

            await db.SaveInBulkAsync(stop);
        }

        db.HasNewSms |= stored.Count > refused.Count;
        if (stored.Count > refused.Count)
            Accepted(log, stored.Count - refused.Count, orders[0].SmsId, orders[0].Purpose);
    }

    /// <summary>What names no queue is as if it were not there: all are told.</summary>
    public static string? QueueOf(string? reportTo) => reportTo is not null && Queue().IsMatch(reportTo) ? reportTo : null;

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

    /// <summary>Which of them are new. The words of one that is refused were never ours to send, so they are not kept.</summary>
    private async Task<List<Stored>> InsertAsync(IReadOnlyList<SendSms> orders, string? refusal, QuietHours? quietHours, Guid? group, CancellationToken stop)
    {
        var (common, now) = (orders[0], clock.GetUtcNow());
        var asked = common.Channel.Length == 0 ? options.Value.DefaultChannel : common.Channel;
        var (channel, sentBy) = (channels.Find(asked) is null ? UnknownChannel : asked, channels.SenderOf(asked));
        var (purpose, lane, quiet) = (common.Purpose.ToString(), Lanes.Of(common.Purpose), quietHours?.PeriodAt(now, city));
        var (expiresAt, traceParent) = (common.ExpiresAt?.ToUniversalTime() ?? now + options.Value.ValidityOf(common.Purpose), Activity.Current?.Id);
        var payer = common.Payer is { Length: <= LongestPayer } known ? known.Replace('\0', '\uFFFD') : null;
        var reportTo = QueueOf(common.ReportTo);
        var given = orders.Select(order => (order.SmsId, Number: PhoneNumber.Parse(order.To), order.Text)).ToList();
        var ids = given.ConvertAll(sms => sms.SmsId);
        var refusals = orders.Select((order, at) => refusal ?? RefusalOf(order, given[at].Number, sentBy)).ToList();
        var numbers = given.Select((sms, at) => refusals[at] is null ? sms.Number.Value : null).ToList();
        var texts = given.Select((sms, at) => refusals[at] is null ? sms.Text : null).ToList();
        var segments = given.ConvertAll(sms => (short)Math.Min(SmsText.Measure(sms.Text).Segments, short.MaxValue));
        var from = refusals.Contains(null) ? common.From : null;
        return await db.Database.SqlQuery<Stored>($"""
            with given as (select * from unnest({ids}, {numbers}, {texts}, {segments}, {refusals}) as given (id, number, text, segments, refusal)),
            new as (
              insert into sms (id, group_id, purpose, lane, channel, sent_by, reference, state, segments, created_at, changed_at, expires_at, next_attempt_at, trace_parent,
                payer, quiet_from, quiet_to, report_to)
              select id, {group}::uuid, {purpose}, {lane}, {channel}, {sentBy}::text, id::text, 'Queued', segments, {now}, {now}, {expiresAt}, {now}, {traceParent}::text,
                {payer}::text, {quiet?.From}::timestamptz, {quiet?.To}::timestamptz, {reportTo}::text from given
              on conflict (id) do nothing returning id),
            content as (insert into sms_content (sms_id, number, sender, text) select id, number, {from}::text, text from new join given using (id) where refusal is null)
            select id as "Id", refusal as "Refusal" from new join given using (id)
            """).ToListAsync(stop);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} SMS accepted ({SmsId}, {Purpose})")]
    private static partial void Accepted(ILogger log, int count, Guid smsId, SmsPurpose purpose);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} SMS were ordered again ({SmsId})")]
    private static partial void Repeated(ILogger log, int count, Guid smsId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "SMS {SmsId} cannot be sent: {Reason}")]
    private static partial void Refused(ILogger log, Guid smsId, string reason);
}
