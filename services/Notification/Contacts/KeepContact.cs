using Contracts.Directory;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;

namespace Notification.Contacts;

/// <summary>This service's copy of whom notices reach and under which name; a change in Directory takes effect here at once (BJN 12(1)c).</summary>
internal sealed class KeepContact(NotificationDb db) : IConsumer<ContactChanged>
{
    public Task Consume(ConsumeContext<ContactChanged> context)
    {
        var contact = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            insert into contact (official_id, notice_phone, sender_id, version)
            values ({contact.OfficialId}, {contact.NoticePhone}, {contact.SenderId}, {contact.Version})
            on conflict (official_id) do update
              set notice_phone = excluded.notice_phone, sender_id = excluded.sender_id, version = excluded.version
              where contact.version < excluded.version
            """, context.CancellationToken);
    }
}
