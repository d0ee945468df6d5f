using Directory.Storage;
using Microsoft.EntityFrameworkCore;

namespace Directory.Import;

/// <summary>
/// What there is, and what the file adds to it. An import only adds: a row that is there already is counted, one that is there otherwise is a finding. So the same
/// file again changes nothing, and an old one never undoes what was changed since.
/// </summary>
internal sealed class Plan(DateTimeOffset now)
{
    /// <summary>Since when what it adds holds.</summary>
    public DateTimeOffset Now => now;

    public Dictionary<string, OrganizationUnit> Units { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Position> Positions { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Official> Officials { get; } = new(StringComparer.Ordinal);
    public Dictionary<Guid, List<Assignment>> AssignmentsByPosition { get; } = [];
    public Dictionary<string, Account> Accounts { get; } = new(StringComparer.Ordinal);

    /// <summary>Since when a unit or position is known, by its id; of new ones only where the file says so.</summary>
    public Dictionary<Guid, DateTimeOffset> Since { get; } = [];

    /// <summary>Numbers of people who left, which nobody else gets yet.</summary>
    public HashSet<string> RestingNumbers { get; private set; } = [];

    public List<OrganizationUnit> NewUnits { get; } = [];
    public List<Position> NewPositions { get; } = [];
    public List<Official> NewOfficials { get; } = [];
    public List<Assignment> NewAssignments { get; } = [];
    public List<(string UserLogin, Official? Official, IReadOnlyList<string> Roles)> NewAccounts { get; } = [];

    /// <summary>Rows that say what is there already.</summary>
    public int Unchanged { get; set; }

    public int New => NewUnits.Count + NewPositions.Count + NewOfficials.Count + NewAssignments.Count + NewAccounts.Count;

    public static async Task<Plan> OfWhatIsThereAsync(DirectoryDb db, CancellationToken stop)
    {
        var plan = new Plan(db.EffectiveNow);
        foreach (var unit in await db.Units.AsNoTracking().ToListAsync(stop))
            plan.Units.Add(unit.Code, unit);
        foreach (var position in await db.Positions.AsNoTracking().ToListAsync(stop))
            plan.Positions.Add(position.Code, position);
        foreach (var was in await db.Set<UnitVersion>().GroupBy(was => was.UnitId).Select(was => new { Id = was.Key, From = was.Min(first => first.ValidFrom) })
            .Concat(db.Set<PositionVersion>().GroupBy(was => was.PositionId).Select(was => new { Id = was.Key, From = was.Min(first => first.ValidFrom) })).ToListAsync(stop))
            plan.Since.Add(was.Id, was.From);
        foreach (var official in await db.Officials.AsNoTracking().ToListAsync(stop))
            plan.Officials.Add(official.EmployeeNumber, official);
        plan.RestingNumbers = [.. await db.FormerNoticePhones.Where(former => former.RestsUntil > plan.Now).Select(former => former.Number).ToListAsync(stop)];
        foreach (var held in await db.Assignments.AsNoTracking().ToListAsync(stop))
            plan.HeldOf(held.PositionId).Add(held);
        foreach (var account in await db.Accounts.AsNoTracking().ToListAsync(stop))
            plan.Accounts.Add(account.NormalizedUserName!, account);
        return plan;
    }

    /// <summary>A new row, which holds since that instant, or since now.</summary>
    public TRow HoldsSince<TRow>(DateTimeOffset? since, TRow row, Func<TRow, Guid> idOf)
    {
        if (since is { } instant)
            Since.Add(idOf(row), instant);
        return row;
    }

    public List<Assignment> HeldOf(Guid position) =>
        AssignmentsByPosition.TryGetValue(position, out var held) ? held : AssignmentsByPosition[position] = [];
}
