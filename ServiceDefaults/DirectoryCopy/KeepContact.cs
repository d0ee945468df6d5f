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

    private async Task KeepAsync(IReadOnlyList<ContactChanged> contacts, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(contacts);
        Guid[] newer = [.. await db.Database.SqlQuery<Guid>($"""
            insert into contacts.contact as copy (official_id, notice_phone, version)
            select "OfficialId", "NoticePhone", "Version" from jsonb_to_recordset({news}::jsonb) as news("OfficialId" uuid, "NoticePhone" text, "Version" bigint)
            on conflict (official_id) do update set notice_phone = excluded.notice_phone, version = excluded.version
            where copy.version < excluded.version
            returning official_id as "Value"
            """).ToListAsync(stop)];
        // The sender IDs of an official come and go with his version, in statements of their own as the words of a position do (KeepOrganisation). A sender that
        // knows one only means that it is valid.
        await db.Database.ExecuteSqlAsync($"""
            delete from contacts.sender_id where official_id = any({newer});
            insert into contacts.sender_id (official_id, sender_id, valid_from, valid_to)
            select "OfficialId", used."SenderId", used."From", used."To"
            from jsonb_to_recordset({news}::jsonb) as news("OfficialId" uuid, "SenderId" text, "SenderIds" jsonb) cross join lateral jsonb_to_recordset(coalesce(
              "SenderIds", jsonb_build_array(jsonb_build_object('SenderId', news."SenderId", 'From', 'epoch'))))
              as used("SenderId" text, "From" timestamptz, "To" timestamptz)
            where "OfficialId" = any({newer}) and used."SenderId" is not null
            """, stop);
    }
}
