using System.Text.Json;
using Contracts.Directory;
using MassTransit;
using Microsoft.EntityFrameworkCore;

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
            insert into organisation.unit as copy (id, code, name, parent_id, version)
            select "UnitId", "Code", "Name", "ParentId", "Version"
            from jsonb_to_recordset({news}::jsonb) as news("UnitId" uuid, "Code" text, "Name" text, "ParentId" uuid, "Version" bigint)
            on conflict (id) do update set code = excluded.code, name = excluded.name, parent_id = excluded.parent_id, version = excluded.version
            where copy.version < excluded.version
            """, stop);
    }

    private Task<int> KeepAsync(IReadOnlyList<PositionChanged> positions, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(positions);
        return db.Database.ExecuteSqlAsync($"""
            insert into organisation.position as copy (id, unit_id, code, title, keyword, version)
            select "PositionId", "UnitId", "Code", "Title", "Keyword", "Version"
            from jsonb_to_recordset({news}::jsonb) as news("PositionId" uuid, "UnitId" uuid, "Code" text, "Title" text, "Keyword" text, "Version" bigint)
            on conflict (id) do update set unit_id = excluded.unit_id, code = excluded.code, title = excluded.title, keyword = excluded.keyword, version = excluded.version
            where copy.version < excluded.version
            """, stop);
    }

    private Task<int> KeepAsync(IReadOnlyList<AssignmentChanged> assignments, CancellationToken stop)
    {
        var news = JsonSerializer.Serialize(assignments);
        return db.Database.ExecuteSqlAsync($"""
            insert into organisation.assignment as copy (id, official_id, position_id, valid_from, valid_to, version)
            select "AssignmentId", "OfficialId", "PositionId", "From", "To", "Version"
            from jsonb_to_recordset({news}::jsonb)
              as news("AssignmentId" uuid, "OfficialId" uuid, "PositionId" uuid, "From" timestamptz, "To" timestamptz, "Version" bigint)
            on conflict (id) do update set official_id = excluded.official_id, position_id = excluded.position_id, valid_from = excluded.valid_from,
              valid_to = excluded.valid_to, version = excluded.version
            where copy.version < excluded.version
            """, stop);
    }
}
