using Contracts.Notification;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Notices;

/// <summary>An hourly notice did not leave in time, since Notification or its provider was away: the next one tells what it would have told.</summary>
internal static class HoldExpiredNotice
{
    private const string Expired = "expired";

    public static async Task HoldExpiredNoticeAsync(this InboundSmsDb db, DeliveryStatusChanged change, CancellationToken stop)
    {
        if (change is not { Status: DeliveryStatus.Failed, Reason: Expired })
            return;
        await db.Database.ExecuteSqlAsync($"""
            insert into notice_held as held (official_id, kind, since)
            select official_id, kind, since from notice_window where notice_id = {change.SmsId} and kind = 'Hourly'
            on conflict (official_id, kind) do update set since = least(held.since, excluded.since)
            """, stop);
    }
}
