using System.Text.Json;
using Contracts.Directory;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;

namespace ServiceDefaults.DirectoryCopy;

/// <summary>
/// Keeps a service's copy of units, positions, assignments, officials and granted roles. Each event carries the whole thing and its version, so repeats and old ones change nothing.
/// </summary>
internal sealed class KeepOrganisation(DbContext db) : IConsumer<UnitChanged>, IConsumer<PositionChanged>, IConsumer<AssignmentChanged>,
    IConsumer<OfficialChanged>, IConsumer<GrantedRolesChanged>, IConsumer<OrganisationPublished>
{
    public Task Consume(ConsumeContext<UnitChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public Task Consume(ConsumeContext<PositionChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public Task Consume(ConsumeContext<AssignmentChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public Task Consume(ConsumeContext<OfficialChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public Task Consume(ConsumeContext<GrantedRolesChanged> context) => KeepAsync([context.Message], context.CancellationToken);

    public async Task Consume(ConsumeContext<OrganisationPublished> context)
    {
        await KeepAsync(context.Message.Units, context.CancellationToken);
        await KeepAsync(context.Message.Positions, context.CancellationToken);
        await KeepAsync(context.Message.Assignments, context.CancellationToken);
        await KeepAsync(context.Message.Officials, context.CancellationToken);
        await KeepAsync(context.Message.Roles, context.CancellationToken);
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

    private async Task KeepAsync(IReadOnlyList<PositionChanged> positions, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(positions, Outbox.Json);
        Guid[] newer = [.. await db.Database.SqlQuery<Guid>($"""
            insert into organisation.position as copy (id, unit_id, code, title, kind, grade, signs_documents, closed_at, version)
            select "PositionId", "UnitId", "Code", "Title", "Kind", "Grade", coalesce("SignsDocuments", false), "ClosedAt", "Version"
            from jsonb_to_recordset({news}::jsonb)
              as news("PositionId" uuid, "UnitId" uuid, "Code" text, "Title" text, "Kind" text, "Grade" text, "SignsDocuments" boolean, "ClosedAt" timestamptz, "Version" bigint)
            on conflict (id) do update set unit_id = excluded.unit_id, code = excluded.code, title = excluded.title, kind = excluded.kind,
              grade = excluded.grade, signs_documents = excluded.signs_documents, closed_at = excluded.closed_at, version = excluded.version
            where copy.version < excluded.version
            returning id as "Value"
            """).ToListAsync(stop)];
        // The words of a position come and go with its version. Statements of their own: they see what a version said that was stored while the one above
        // waited for its row. A sender that knows one word only means that it is valid.
        await db.Database.ExecuteSqlAsync($"""
            delete from organisation.position_keyword where position_id = any({newer});
            insert into organisation.position_keyword (position_id, word, kind, valid_from, valid_to)
            select "PositionId", word."Word", word."Kind", word."From", word."To"
            from jsonb_to_recordset({news}::jsonb) as news("PositionId" uuid, "Keyword" text, "Keywords" jsonb) cross join lateral jsonb_to_recordset(coalesce(
              "Keywords", jsonb_build_array(jsonb_build_object('Word', "Keyword", 'Kind', 'Primary', 'From', 'epoch'))))
              as word("Word" text, "Kind" text, "From" timestamptz, "To" timestamptz)
            where "PositionId" = any({newer}) and word."Word" is not null
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

    private Task<int> KeepAsync(IReadOnlyList<OfficialChanged> officials, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(officials);
        return db.Database.ExecuteSqlAsync($"""
            insert into organisation.official as copy (id, name, version)
            select "OfficialId", "Name", "Version" from jsonb_to_recordset({news}::jsonb) as news("OfficialId" uuid, "Name" text, "Version" bigint)
            on conflict (id) do update set name = excluded.name, version = excluded.version where copy.version < excluded.version
            """, stop);
    }

    private Task<int> KeepAsync(IReadOnlyList<GrantedRolesChanged> granted, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(granted);
        return db.Database.ExecuteSqlAsync($"""
            insert into organisation.granted_roles as copy (official_id, roles, version)
            select "OfficialId", "Roles", "Version" from jsonb_to_recordset({news}::jsonb) as news("OfficialId" uuid, "Roles" text[], "Version" bigint)
            on conflict (official_id) do update set roles = excluded.roles, version = excluded.version where copy.version < excluded.version
            """, stop);
    }
}
