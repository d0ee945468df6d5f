using System.Text.Json;
using Contracts.Directory;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;

namespace ServiceDefaults.DirectoryCopy;

/// <summary>
/// Keeps a service's copy of units, positions and assignments. Each event carries the whole thing and its version, so repeats and old ones change nothing.
/// </summary>
internal sealed class KeepOrganisation(DbContext db) : IConsumer<UnitChanged>, IConsumer<PositionChanged>, IConsumer<AssignmentChanged>,
    IConsumer<OrganisationPublished>
{
    public Task Consume(ConsumeContext<UnitChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public Task Consume(ConsumeContext<PositionChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public Task Consume(ConsumeContext<AssignmentChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public async Task Consume(ConsumeContext<OrganisationPublished> context)
    {
        await KeepAsync(context.Message.Units, context.CancellationToken);
        await KeepAsync(context.Message.Positions, context.CancellationToken);
        await KeepAsync(context.Message.Assignments, context.CancellationToken);
    }

    private Task<int> KeepAsync(IReadOnlyList<UnitChanged> units, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(units);
        return db.Database.ExecuteSqlAsync($"""
            insert into organisation.unit as copy (id, code, name, parent_id, closed_at, version)
            select "UnitId", "Code", "Name", "ParentId", "ClosedAt", "Version"
            from jsonb_to_recordset({news}::jsonb)
              as news("UnitId" uuid, "Code" text, "Name" text, "ParentId" uuid, "ClosedAt" timestamptz, "Version" bigint)
            on conflict (id) do update set code = excluded.code, name = excluded.name, parent_id = excluded.parent_id, closed_at = excluded.closed_at, version = excluded.version
            where copy.version < excluded.version
            """, stop);
    }

    private Task<int> KeepAsync(IReadOnlyList<PositionChanged> positions, CancellationToken stop)
    {
        // The words of a position come and go with its version. A sender that knows one word only means that it is valid.
        var news = JsonSerializer.Serialize(positions, Outbox.Json);
        return db.Database.ExecuteSqlAsync($"""
            with news as (
              select * from jsonb_to_recordset({news}::jsonb)
                as news("PositionId" uuid, "UnitId" uuid, "Code" text, "Title" text, "Keyword" text, "Keywords" jsonb, "Kind" text, "Grade" text,
                  "ClosedAt" timestamptz, "Version" bigint)
            ), newer as (
              insert into organisation.position as copy (id, unit_id, code, title, kind, grade, closed_at, version)
              select "PositionId", "UnitId", "Code", "Title", "Kind", "Grade", "ClosedAt", "Version" from news
              on conflict (id) do update set unit_id = excluded.unit_id, code = excluded.code, title = excluded.title, kind = excluded.kind,
                grade = excluded.grade, closed_at = excluded.closed_at, version = excluded.version
              where copy.version < excluded.version
              returning id
            ), gone as (
              delete from organisation.position_keyword where position_id in (select id from newer)
            )
            insert into organisation.position_keyword (position_id, word, kind, valid_from, valid_to)
            select newer.id, word."Word", word."Kind", word."From", word."To"
            from newer join news on "PositionId" = newer.id cross join lateral jsonb_to_recordset(coalesce(
              "Keywords", jsonb_build_array(jsonb_build_object('Word', "Keyword", 'Kind', 'Primary', 'From', 'epoch'))))
              as word("Word" text, "Kind" text, "From" timestamptz, "To" timestamptz)
            where word."Word" is not null
            """, stop);
    }

    private Task<int> KeepAsync(IReadOnlyList<AssignmentChanged> assignments, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(assignments, Outbox.Json);
        return db.Database.ExecuteSqlAsync($"""
            insert into organisation.assignment as copy (id, official_id, position_id, kind, valid_from, valid_to, version)
            select "AssignmentId", "OfficialId", "PositionId", "Kind", "From", "To", "Version"
            from jsonb_to_recordset({news}::jsonb)
              as news("AssignmentId" uuid, "OfficialId" uuid, "PositionId" uuid, "Kind" text, "From" timestamptz, "To" timestamptz, "Version" bigint)
            on conflict (id) do update set official_id = excluded.official_id, position_id = excluded.position_id, kind = excluded.kind,
              valid_from = excluded.valid_from, valid_to = excluded.valid_to, version = excluded.version
            where copy.version < excluded.version
            """, stop);
    }
}
