using Directory.Accounts;
using Directory.Organisation;
using Directory.People;
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

    // Positions of which somebody has said since when they are there; the others are known since they were entered, and can be older.
    private HashSet<Guid> _dated = [];

    /// <summary>Who can administer now.</summary>
    public List<Account> Administrators { get; private set; } = [];

    public NoticePhoneOptions NoticePhones { get; private set; } = new();

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
        plan._dated = [.. await db.Set<PositionVersion>()
            .Where(was => db.AuditEntries.Any(entry => entry.SubjectId == was.PositionId && entry.Act == nameof(CreatePosition) && was.ValidFrom < entry.At))
            .Select(was => was.PositionId).ToListAsync(stop)];
        foreach (var official in await db.Officials.AsNoTracking().ToListAsync(stop))
            plan.Officials.Add(official.EmployeeNumber, official);
        plan.NoticePhones = db.NoticePhones;
        plan.RestingNumbers = [.. await db.FormerNoticePhones.Where(former => former.RestsUntil > plan.Now).Select(former => former.Number).ToListAsync(stop)];
        foreach (var held in await db.Assignments.AsNoTracking().ToListAsync(stop))
            plan.HeldOf(held.PositionId).Add(held);
        foreach (var account in await db.Accounts.AsNoTracking().ToListAsync(stop))
            plan.Accounts.Add(account.NormalizedUserName!, account);
        plan.Administrators = await WatchAdministrators.WhoCanSignIn(db, plan.Now).AsNoTracking().ToListAsync(stop);
        return plan;
    }

    /// <summary>A new unit or position holds since that instant, or since now. One whose day cannot be read is taken to be older than all that belongs to it.</summary>
    public void HoldsSince(DateTimeOffset? since, Guid id, Row row)
    {
        if (row.IsRightIn("since") && since is null)
            return;
        Since.Add(id, since ?? DateTimeOffset.MinValue);
        _dated.Add(id);
    }

    /// <summary>As of an earlier instant the unit is not there.</summary>
    public DateTimeOffset SinceOf(Guid unit) => Since.GetValueOrDefault(unit, now);

    /// <summary>The position is said to be there only since a later instant.</summary>
    public bool IsBefore(DateTimeOffset from, Guid position) => _dated.Contains(position) && from < Since[position];

    public List<Assignment> HeldOf(Guid position) =>
        AssignmentsByPosition.TryGetValue(position, out var held) ? held : AssignmentsByPosition[position] = [];
}
