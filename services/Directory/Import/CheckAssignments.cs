using Contracts.Directory;
using Directory.People;
using Directory.Storage;

namespace Directory.Import;

/// <summary>
/// Who held what and when, over all the years: no two definitive and no two acting holders of a position overlap, neither in the file nor with what is there.
/// </summary>
internal static class CheckAssignments
{
    public static void Check(Sheet sheet, Plan plan, TimeZoneInfo zone, Findings findings)
    {
        var rows = new Dictionary<Guid, Row>();
        var written = new HashSet<(Guid Official, Guid Position, DateTimeOffset From, AssignmentKind Kind)>();
        foreach (var row in sheet.Rows)
        {
            var (from, to, kind) = (row.ReadDay("from", zone, findings), row.ReadDay("to", zone, findings), ReadKind(row, findings));
            row.IsName("orderNumber", findings, Holding.LongestOrderNumber);
            var (official, position) = ((Official?)null, (Position?)null);
            if (row["employeeNumber"] is { } number && !plan.Officials.TryGetValue(number, out official))
                row.RefuseUnknown(findings, "employeeNumber", Layout.Officials, "official-unknown");
            if (row["positionCode"] is { } code && !plan.Positions.TryGetValue(code, out position))
                row.RefuseUnknown(findings, "positionCode", Layout.Positions, "position-unknown");
            if (to <= from)
                row.Refuse(findings, "to", "assignment-end");
            if (!row.IsRight)
                continue;
            if (position!.ClosedAt is { } closed && (to is null || to > closed))
                row.Refuse(findings, "positionCode", "position-closed");
            else if (!written.Add((official!.Id, position.Id, from!.Value, kind!.Value)))
                row.Refuse(findings, "from", "import-twice");
            else
                Take(row, new() { OfficialId = official.Id, PositionId = position.Id, Kind = kind.Value, HeldFrom = from.Value, HeldTo = to, OrderNumber = row["orderNumber"] }, plan, rows, findings);
        }

        foreach (var held in plan.AssignmentsByPosition.Values)
        {
            RefuseOverlaps([.. held.Where(row => row.Kind == AssignmentKind.Definitive)], rows, findings);
            RefuseOverlaps([.. held.Where(row => row.Kind != AssignmentKind.Definitive)], rows, findings);
        }
    }

    /// <summary>Blank is definitive; whoever acts does so by an order.</summary>
    private static AssignmentKind? ReadKind(Row row, Findings findings)
    {
        if (row["kind"]?.TrimEnd('.') is not { } written || written.Equals("Definitif", StringComparison.OrdinalIgnoreCase))
            return AssignmentKind.Definitive;
        if (!Enum.TryParse(written, ignoreCase: true, out AssignmentKind kind) || !Enum.IsDefined(kind))
            row.Refuse(findings, "kind", "value");
        else if (kind != AssignmentKind.Definitive && row["orderNumber"] is null)
            row.Refuse(findings, "orderNumber", "order-number-missing");
        else
            return kind;
        return null;
    }

    private static void Take(Row row, Assignment assignment, Plan plan, Dictionary<Guid, Row> rows, Findings findings)
    {
        var held = plan.HeldOf(assignment.PositionId);
        if (held.Find(known => known.OfficialId == assignment.OfficialId && known.HeldFrom == assignment.HeldFrom && known.Kind == assignment.Kind) is { } known)
        {
            // A blank end says nothing; the one that is there may have been entered since.
            if (assignment.HeldTo is null || assignment.HeldTo == known.HeldTo)
                plan.Unchanged++;
            else
                row.Refuse(findings, "to", "import-differs");
            return;
        }

        held.Add(assignment);
        rows.Add(assignment.Id, row);
        plan.NewAssignments.Add(assignment);
    }

    private static void RefuseOverlaps(List<Assignment> held, Dictionary<Guid, Row> rows, Findings findings)
    {
        // What ends where it begins never counted.
        held.RemoveAll(row => row.HeldTo == row.HeldFrom);
        held.Sort((one, other) => one.HeldFrom.CompareTo(other.HeldFrom));
        if (held is not [var last, ..])
            return;
        foreach (var next in held.Skip(1))
        {
            if (last.HeldTo is not { } end || end > next.HeldFrom)
                (rows.GetValueOrDefault(next.Id) ?? rows.GetValueOrDefault(last.Id))?.Refuse(findings, "from", "position-held");
            if (last.HeldTo is not null && (next.HeldTo is null || next.HeldTo > last.HeldTo))
                last = next;
        }
    }
}
