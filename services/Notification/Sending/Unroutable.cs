using Microsoft.EntityFrameworkCore;
using Notification.Storage;

namespace Notification.Sending;

/// <summary>
/// Routes that have said that they do not reach the number of an SMS: it fails when all have, however often they were asked. A person who has it handed over again asks
/// all of them anew.
/// </summary>
internal static class Unroutable
{
    /// <summary>The reason that a provider's table gives for it.</summary>
    public const string Reason = "not-routable";

    private sealed record Refusal(Guid SmsId, string Channel);

    public static async Task<ILookup<Guid, string>> UnroutableAsync(this NotificationDb db, List<Guid> ids, CancellationToken stop) =>
        (await db.Database.SqlQuery<Refusal>($"""
            select distinct e.sms_id as "SmsId", e.channel as "Channel" from delivery_event e
            where e.sms_id = any ({ids}) and e.source = 'answer' and e.reason = {Reason} and not exists (
              select from delivery_event later where later.sms_id = e.sms_id and later.seq > e.seq and later.source = 'service' and later.code = 'resent')
            """).ToListAsync(stop)).ToLookup(refusal => refusal.SmsId, refusal => refusal.Channel);
}
