using Contracts.Directory;
using Directory.People;
using Directory.Storage;

namespace Directory.Import;

/// <summary>
/// Who held what and when, over all the years: no two definitive and no two acting holders of a position overlap, neither in the file nor with what is there. Rows that
/// are wrong otherwise overlap too: a clerk hears of it now and not when he has mended the rest.
/// </summary>
internal static class CheckAssignments
{
    public static void Check(Sheet sheet, Plan plan, TimeZoneInfo zone, Findings findings)
    {
        var rows = new Dictionary<Guid, Row>();
        var written = new HashSet<(Guid Official, Guid Position, DateTimeOffset From, AssignmentKind Kind)>();
        var administrators = new CheckAdministrators(plan);
        foreach (var row in sheet.Rows)
        {
            var (from, to, kind) = (row.ReadDay("from", zone, findings), row.ReadDay("to", zone, findings), ReadKind(row, findings));
            row.IsName("orderNumber", findings, Holding.LongestOrderNumber);
            var official = row.Find(findings, "employeeNumber", Layout.Officials, plan.Officials, "official-unknown");
            var position = row.Find(findings, "positionCode", Layout.Positions, plan.Positions, "position-unknown");
            if (position?.ClosedAt is { } closed && row.IsRightIn("to") && (to is null || to > closed))
                row.Refuse(findings, "positionCode", "position-closed");
            if (to <= from)
                row.Refuse(findings, "to", "assignment-end");
            administrators.Look(official, row, from, to);
            // Who held what, as what, from when to when: without one of them the row is no assignment yet.
            if (official is null || position is null || from is null || kind is null || !row.IsRightIn("to"))
                continue;
            if (!written.Add((official.Id, position.Id, from.Value, kind.Value)))
                row.Refuse(findings, "from", "import-twice");
            else
                Take(row, new() { OfficialId = official.Id, PositionId = position.Id, Kind = kind.Value, HeldFrom = from.Value, HeldTo = to, OrderNumber = row["orderNumber"] }, plan, rows, findings);
        }

        administrators.Refuse(findings);
        foreach (var held in plan.AssignmentsByPosition.Values)
        {
            RefuseOverlaps([.. held.Where(row => row.Kind == AssignmentKind.Definitive)], rows, findings);
            RefuseOverlaps([.. held.Where(row => row.Kind != AssignmentKind.Definitive)], rows, findings);
        }
    }

    /// <summary>Blank is definitive; whoever acts does so by an order. Null where, with a finding, it is neither.</summary>
    private static AssignmentKind? ReadKind(Row row, Findings findings)
    {
        if (!row.IsRightIn("kind"))
            return null;
        if (row["kind"] is not { } written)
            return AssignmentKind.Definitive;
        if (Words.AssignmentKinds.Meaning(written) is not { } meaning)
        {
            row.Refuse(findings, "kind", "value");
            return null;
        }

        var kind = Enum.Parse<AssignmentKind>(meaning);
        if (kind != AssignmentKind.Definitive && row["orderNumber"] is null && row.IsRightIn("orderNumber"))
            row.Refuse(findings, "orderNumber", "order-number-missing");
        return kind;
    }

    private static void Take(Row row, Assignment assignment, Plan plan, Dictionary<Guid, Row> rows, Findings findings)
    {
        var held = plan.HeldOf(assignment.PositionId);
        if (held.Find(known => known.OfficialId == assignment.OfficialId && known.HeldFrom == assignment.HeldFrom && known.Kind == assignment.Kind) is { } known)
        {
            // A blank end says nothing; the one that is there may have been entered since.
            if (assignment.HeldTo is not null && assignment.HeldTo != known.HeldTo)
                row.Refuse(findings, "to", "import-differs");
            else if (row.IsRight)
                plan.Unchanged++;
            return;
        }

        if (plan.IsBefore(assignment.HeldFrom, assignment.PositionId))
            row.Refuse(findings, "from", "since");
        held.Add(assignment);
        rows.Add(assignment.Id, row);
        if (row.IsRight)
            plan.NewAssignments.Add(assignment);
    }

    private static void RefuseOverlaps(List<Assignment> held, Dictionary<Guid, Row> rows, Findings findings)
    {
        // What ends where it begins never counted.
        held.RemoveAll(row => row.HeldTo == row.HeldFrom);
        held.Sort((one, other) => one.HeldFrom.CompareTo(other.HeldFrom));
        if (held is not [var last, ..])
            return;
        var refused = new HashSet<Row>();
        foreach (var next in held.Skip(1))
        {
            if ((last.HeldTo is not { } end || end > next.HeldFrom) && (rows.GetValueOrDefault(next.Id) ?? rows.GetValueOrDefault(last.Id)) is { } row && refused.Add(row))
                row.Refuse(findings, "from", "position-held");
            if (last.HeldTo is not null && (next.HeldTo is null || next.HeldTo > last.HeldTo))
                last = next;
        }
    }
}
