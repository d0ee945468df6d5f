using Directory.Accounts;
using Directory.Storage;

namespace Directory.Import;

/// <summary>
/// An import only adds, so there is one way by which it takes the last administrators away (<see cref="LastAdministrator"/>): each gets his first assignments, and none of
/// them is of now (<see cref="Admission"/>). The row that does it is refused, in a dry run too.
/// </summary>
internal sealed class CheckAdministrators
{
    private sealed record Held(Row Row, DateTimeOffset? From, DateTimeOffset? To);

    private readonly DateTimeOffset _now;

    // By official; empty where an administrator stays, whatever the file says.
    private readonly Dictionary<Guid, List<Held>> _administrators = [];

    public CheckAdministrators(Plan plan)
    {
        _now = plan.Now;
        var holders = plan.AssignmentsByPosition.Values.SelectMany(held => held).Select(held => held.OfficialId).ToHashSet();
        if (plan.Administrators.TrueForAll(account => account.OfficialId is { } official && !(account.OpenUntil > _now) && !holders.Contains(official)))
            _administrators = plan.Administrators.ToDictionary(account => account.OfficialId!.Value, _ => new List<Held>());
    }

    public void Look(Official? official, Row row, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (official is not null && _administrators.TryGetValue(official.Id, out var held))
            held.Add(new(row, from, to));
    }

    /// <summary>A day that cannot be read may be the one that keeps him in office.</summary>
    public void Refuse(Findings findings)
    {
        if (!_administrators.Values.All(held => held.Count > 0 && !held.Exists(one => (one.From is null || one.From <= _now) && (one.To is null || one.To > _now))))
            return;
        foreach (var held in _administrators.Values)
        {
            var last = held.MaxBy(one => one.From)!;
            last.Row.Refuse(findings, last.From > _now ? "from" : "to", "last-administrator");
        }
    }
}
