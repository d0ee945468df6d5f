using Contracts.Notification;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;

namespace InboundSms.Deadlines;

/// <summary>
/// An SMS of the ladder did not reach its official: the history of each case that it was about says so, once, or it would claim that somebody knew. The next stage
/// comes at its own time.
/// </summary>
internal static class NoticeFailed
{
    public static async Task NoteFailedNoticeAsync(this InboundSmsDb db, DeliveryStatusChanged change, DateTimeOffset now, CancellationToken stop)
    {
        if (change.Status != DeliveryStatus.Failed)
            return;
        var about = await db.EscalationNotices.FromSql($"""
            update escalation_notice set failed_at = {now} where notice_id = {change.SmsId} and failed_at is null returning *
            """).AsNoTracking().ToListAsync(stop);
        foreach (var notice in about)
        {
            db.Record(notice.CaseId, CaseEventKind.EscalationFailed, now, Outbox.System,
                new { stage = notice.Stage, officialId = notice.OfficialId, noticeId = notice.NoticeId, change.Reason });
        }

        await db.SaveChangesAsync(stop);
    }
}
