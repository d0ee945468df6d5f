using Contracts.Directory;
using InboundSms.Storage;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Organisation;

/// <summary>
/// Keeps this service's copy of units, positions and assignments. Each event carries the whole thing and its version, so repeats and old ones change nothing.
/// </summary>
internal sealed class KeepOrganisation(InboundSmsDb db) : IConsumer<UnitChanged>, IConsumer<PositionChanged>, IConsumer<AssignmentChanged>
{
    public Task Consume(ConsumeContext<UnitChanged> context)
    {
        var unit = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            insert into unit (id, name, version) values ({unit.UnitId}, {unit.Name}, {unit.Version})
            on conflict (id) do update set name = excluded.name, version = excluded.version where unit.version < excluded.version
            """, context.CancellationToken);
    }

    public Task Consume(ConsumeContext<PositionChanged> context)
    {
        var position = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            insert into position (id, unit_id, title, keyword, version)
            values ({position.PositionId}, {position.UnitId}, {position.Title}, {position.Keyword}, {position.Version})
            on conflict (id) do update set unit_id = excluded.unit_id, title = excluded.title, keyword = excluded.keyword, version = excluded.version
            where position.version < excluded.version
            """, context.CancellationToken);
    }

    public Task Consume(ConsumeContext<AssignmentChanged> context)
    {
        var assignment = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            insert into assignment (id, official_id, position_id, valid_from, valid_to, version)
            values ({assignment.AssignmentId}, {assignment.OfficialId}, {assignment.PositionId}, {assignment.From.ToUniversalTime()}, {assignment.To?.ToUniversalTime()}, {assignment.Version})
            on conflict (id) do update set official_id = excluded.official_id, position_id = excluded.position_id, valid_from = excluded.valid_from,
              valid_to = excluded.valid_to, version = excluded.version
            where assignment.version < excluded.version
            """, context.CancellationToken);
    }
}
