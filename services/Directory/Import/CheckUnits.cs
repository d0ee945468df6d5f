using Directory.Storage;

namespace Directory.Import;

/// <summary>Units of the file, in whatever order they stand; the one above may come later.</summary>
internal static class CheckUnits
{
    public static void Check(Sheet sheet, Plan plan, TimeZoneInfo zone, Findings findings)
    {
        var there = plan.Units.Values.ToDictionary(unit => unit.Id, unit => unit.Code);
        var added = new Dictionary<string, (Row Row, OrganizationUnit Unit)>(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in sheet.Rows)
        {
            row.IsCode("code", findings);
            row.IsName("name", findings);
            row.IsCode("parentCode", findings);
            var since = row.ReadSince(plan, zone, findings);
            if (row["code"] is { } code && !written.Add(code))
                row.Refuse(findings, "code", "import-twice");
            else if (!row.IsRight)
                continue;
            else if (!plan.Units.TryGetValue(row["code"]!, out var known))
                added.Add(row["code"]!, (row, plan.HoldsSince(since, new OrganizationUnit { Code = row["code"]!, Name = row["name"]! }, unit => unit.Id)));
            else
                row.Compare(plan, findings, ("name", known.Name == row["name"]),
                    ("parentCode", row["parentCode"] is not { } above || (known.ParentId is { } id && there[id] == above)), ("since", since is null || plan.Since[known.Id] == since));
        }

        foreach (var (code, (_, unit)) in added)
            plan.Units.Add(code, unit);
        foreach (var (row, unit) in added.Values)
        {
            if (row["parentCode"] is not { } above)
                continue;
            if (!plan.Units.TryGetValue(above, out var parent))
                row.RefuseUnknown(findings, "parentCode", Layout.Units, "unit-unknown");
            else if (parent.ClosedAt is not null)
                row.Refuse(findings, "parentCode", "unit-closed");
            else
                unit.ParentId = parent.Id;
        }

        Order(added, plan, findings);
    }

    /// <summary>From above to below, as they can be inserted; what is left over stands in a ring.</summary>
    private static void Order(Dictionary<string, (Row Row, OrganizationUnit Unit)> added, Plan plan, Findings findings)
    {
        var below = added.Values.ToLookup(entry => entry.Unit.ParentId);
        var isNew = added.Values.Select(entry => entry.Unit.Id).ToHashSet();
        var next = new Queue<OrganizationUnit>(added.Values.Select(entry => entry.Unit).Where(unit => unit.ParentId is not { } above || !isNew.Contains(above)));
        var ordered = new HashSet<Guid>();
        while (next.TryDequeue(out var unit))
        {
            ordered.Add(unit.Id);
            plan.NewUnits.Add(unit);
            foreach (var (_, child) in below[unit.Id])
                next.Enqueue(child);
        }

        foreach (var (row, _) in added.Values.Where(entry => !ordered.Contains(entry.Unit.Id)))
            row.Refuse(findings, "parentCode", "unit-below-itself");
    }
}
