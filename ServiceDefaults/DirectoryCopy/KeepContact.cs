using System.Text.Json;
using Contracts.Directory;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.DirectoryCopy;

/// <summary>Keeps a service's copy of whom notices reach and under which name; a change in Directory takes effect there at once (BJN 12(1)c).</summary>
internal sealed class KeepContact(DbContext db) : IConsumer<ContactChanged>, IConsumer<ContactsPublished>
{
    public Task Consume(ConsumeContext<ContactChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public Task Consume(ConsumeContext<ContactsPublished> context) => KeepAsync(context.Message.Contacts, context.CancellationToken);

    private Task<int> KeepAsync(IReadOnlyList<ContactChanged> contacts, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(contacts);
        return db.Database.ExecuteSqlAsync($"""
            insert into contacts.contact as copy (official_id, notice_phone, sender_id, version)
            select "OfficialId", "NoticePhone", "SenderId", "Version"
            from jsonb_to_recordset({news}::jsonb) as news("OfficialId" uuid, "NoticePhone" text, "SenderId" text, "Version" bigint)
            on conflict (official_id) do update set notice_phone = excluded.notice_phone, sender_id = excluded.sender_id, version = excluded.version
            where copy.version < excluded.version
            """, stop);
    }
}
