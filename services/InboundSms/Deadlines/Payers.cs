using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Deadlines;

/// <summary>Whose budget an SMS about cases is: the unit's that they lie with; the city's when they lie with several, or with nobody.</summary>
internal sealed class Payers(IReadOnlyDictionary<Guid, string> unitsOfPositions)
{
    public static async Task<Payers> LoadAsync(InboundSmsDb db, IEnumerable<Guid?> positions, CancellationToken stop)
    {
        Guid[] asked = [.. positions.OfType<Guid>().Distinct()];
        return new(asked.Length == 0 ? new Dictionary<Guid, string>() : await (
            from position in db.Positions
            join unit in db.Units on position.UnitId equals unit.Id
            where asked.Contains(position.Id)
            select new { position.Id, unit.Code }).ToDictionaryAsync(position => position.Id, position => position.Code, stop));
    }

    public string? Of(params IEnumerable<Guid?> positions) =>
        positions.Select(position => position is { } id ? unitsOfPositions.GetValueOrDefault(id) : null).Distinct(StringComparer.Ordinal).ToList() is [var only] ? only : null;
}
