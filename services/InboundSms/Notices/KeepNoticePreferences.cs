using Contracts.Notification;
using InboundSms.Storage;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Notices;

/// <summary>Keeps what officials have chosen; who counts must know when to tell.</summary>
internal sealed class KeepNoticePreferences(InboundSmsDb db) : IConsumer<NoticePreferencesChanged>
{
    public Task Consume(ConsumeContext<NoticePreferencesChanged> context)
    {
        var chosen = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            insert into notice_preference as copy (official_id, hourly_notices, daily_at, quiet_from, quiet_to, version)
            values ({chosen.OfficialId}, {chosen.HourlyNotices}, {chosen.DailyAt}::text::time, {chosen.QuietFrom}::text::time, {chosen.QuietTo}::text::time, {chosen.Version})
            on conflict (official_id) do update set hourly_notices = excluded.hourly_notices, daily_at = excluded.daily_at, quiet_from = excluded.quiet_from,
              quiet_to = excluded.quiet_to, version = excluded.version
            where copy.version < excluded.version
            """, context.CancellationToken);
    }
}
