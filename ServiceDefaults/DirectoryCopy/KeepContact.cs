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
        // The sender IDs of an official come and go with his version. A sender that knows one only means that it is valid.
        var news = JsonSerializer.Serialize(contacts);
        return db.Database.ExecuteSqlAsync($"""
            with news as (
              select * from jsonb_to_recordset({news}::jsonb)
                as news("OfficialId" uuid, "NoticePhone" text, "SenderId" text, "SenderIds" jsonb, "Version" bigint)
            ), newer as (
              insert into contacts.contact as copy (official_id, notice_phone, version) select "OfficialId", "NoticePhone", "Version" from news
              on conflict (official_id) do update set notice_phone = excluded.notice_phone, version = excluded.version
              where copy.version < excluded.version
              returning official_id
            ), gone as (
              delete from contacts.sender_id where official_id in (select official_id from newer)
            )
            insert into contacts.sender_id (official_id, sender_id, valid_from, valid_to)
            select newer.official_id, used."SenderId", used."From", used."To"
            from newer join news on "OfficialId" = newer.official_id cross join lateral jsonb_to_recordset(coalesce(
              "SenderIds", jsonb_build_array(jsonb_build_object('SenderId', news."SenderId", 'From', 'epoch'))))
              as used("SenderId" text, "From" timestamptz, "To" timestamptz)
            where used."SenderId" is not null
            """, stop);
    }
}
