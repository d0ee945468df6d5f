using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;

namespace Notification.Groups;

/// <summary>From its commit on no sender takes anything of the group, whether it is there already or comes later, until it is let go.</summary>
internal sealed partial class HoldGroup(NotificationDb db, TimeProvider clock, ILogger<HoldGroup> log) : IConsumer<HoldSmsGroup>
{
    public async Task Consume(ConsumeContext<HoldSmsGroup> context)
    {
        var (hold, now) = (context.Message, clock.GetUtcNow());
        var isNews = await db.Database.ExecuteSqlAsync($"""
            insert into sms_group (id, is_held, hold_version, moved_at, next_look_at) values ({hold.GroupId}, {hold.IsHeld}, {hold.Version}, {now}, {now})
            on conflict (id) do update set is_held = excluded.is_held or sms_group.withdrawn_at is not null, hold_version = excluded.hold_version, next_look_at = {now}
            where sms_group.hold_version < excluded.hold_version
            """, context.CancellationToken) == 1;
        if (!isNews)
            return;
        db.HasNewSms |= !hold.IsHeld;
        Held(log, hold.GroupId, hold.IsHeld ? "held" : "let go");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {GroupId} is {What}")]
    private static partial void Held(ILogger log, Guid groupId, string what);
}
