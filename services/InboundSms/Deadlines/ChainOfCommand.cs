using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Deadlines;

/// <summary>Who answers for a case and who for him, as the organisation is at one instant.</summary>
internal sealed class ChainOfCommand(
    IReadOnlyList<ChainOfCommand.Holder> holders, IReadOnlyDictionary<Guid, Guid?> unitsAbove, IReadOnlyDictionary<Guid, Guid> unitsOfPositions,
    IReadOnlyCollection<Guid> secretariat)
{
    private const string Head = "HeadOfUnit";
    private const string RegionalSecretary = "RegionalSecretary";

    private static readonly Rungs[] Upwards = [Rungs.Handler, Rungs.Head, Rungs.Secretariat, Rungs.RegionalSecretary];

    internal sealed record Holder(Guid PositionId, Guid UnitId, string? Kind, Guid OfficialId);

    /// <param name="db">With the copy of the organisation.</param>
    /// <param name="positions">Whose cases it is asked about.</param>
    /// <param name="now">The instant.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<ChainOfCommand> LoadAsync(InboundSmsDb db, IReadOnlyCollection<Guid> positions, DateTimeOffset now, CancellationToken stop)
    {
        var unitsAbove = await db.Units.ToDictionaryAsync(unit => unit.Id, unit => unit.ParentId, stop);
        var unitsOfPositions = await db.Positions.Where(position => positions.Contains(position.Id)).ToDictionaryAsync(position => position.Id, position => position.UnitId, stop);
        var units = unitsOfPositions.Values.Distinct().ToList();
        var holders = await (
            from held in db.Assignments
            join position in db.Positions on held.PositionId equals position.Id
            where held.ValidFrom <= now && (held.ValidTo == null || now < held.ValidTo)
                && (units.Contains(position.UnitId) || position.Kind == Head || position.Kind == RegionalSecretary)
            select new Holder(position.Id, position.UnitId, position.Kind, held.OfficialId)).ToListAsync(stop);
        return new(holders, unitsAbove, unitsOfPositions, await db.SecretariatAsync(stop));
    }

    /// <summary>
    /// Whoever stands on these rungs. A vacant post swallows nothing: where nobody does, the next rung above that somebody stands on; so a case of the tray, which
    /// has neither handler nor unit, goes to the secretariat.
    /// </summary>
    public IReadOnlySet<Guid> Find(Rungs rungs, Guid? positionId, Guid? handlerId)
    {
        var found = Upwards.Where(rung => rungs.HasFlag(rung)).SelectMany(rung => On(rung, positionId, handlerId)).ToHashSet();
        foreach (var rung in Upwards.Where(rung => found.Count == 0 && rung > rungs))
            found.UnionWith(On(rung, positionId, handlerId));
        return found;
    }

    private List<Guid> On(Rungs rung, Guid? positionId, Guid? handlerId) => rung switch
    {
        Rungs.Secretariat => [.. secretariat],
        Rungs.RegionalSecretary => Holding(holder => holder.Kind == RegionalSecretary),
        _ when positionId is not { } position || !unitsOfPositions.TryGetValue(position, out _) => [],
        Rungs.Handler => Handlers(positionId.Value, handlerId),
        _ => Heads(positionId.Value, handlerId),
    };

    /// <summary>Who took the case and has left the unit since does not work on it any more.</summary>
    private List<Guid> Handlers(Guid position, Guid? handlerId) =>
        handlerId is { } handler && Holding(holder => holder.UnitId == unitsOfPositions[position]).Contains(handler) ? [handler]
            : Holding(holder => holder.PositionId == position);

    private List<Guid> Heads(Guid position, Guid? handlerId)
    {
        var handlers = Handlers(position, handlerId);
        // The copy's tree comes by events in any order: for a moment it could have a circle.
        var seen = new HashSet<Guid>();
        for (Guid? unit = unitsOfPositions[position]; unit is { } here && seen.Add(here); unit = unitsAbove.GetValueOrDefault(here))
        {
            if (Holding(holder => holder.UnitId == here && holder.Kind == Head).Except(handlers).ToList() is { Count: > 0 } heads)
                return heads;
        }

        return [];
    }

    private List<Guid> Holding(Func<Holder, bool> what) => [.. holders.Where(what).Select(holder => holder.OfficialId)];
}
