using Directory.Storage;

namespace Directory.Import;

/// <summary>Units of the file, in whatever order they stand; the one above may come later.</summary>
internal static class CheckUnits
{
    private sealed record Added(Row Row, OrganizationUnit Unit, DateTimeOffset? Since);

    public static void Check(Sheet sheet, Plan plan, TimeZoneInfo zone, Findings findings)
    {
        var there = plan.Units.Values.ToDictionary(unit => unit.Id, unit => unit.Code);
        var added = new Dictionary<string, Added>(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in sheet.Rows)
        {
            row.IsCode("code", findings);
            row.IsName("name", findings);
            row.IsCode("parentCode", findings);
            var since = row.ReadSince(plan, zone, findings);
            if (row["code"] is not { } code)
                continue;
            if (!written.Add(code))
                row.Refuse(findings, "code", "import-twice");
            else if (!plan.Units.TryGetValue(code, out var known))
                added.Add(code, new(row, new() { Code = code, Name = row["name"] ?? "" }, since));
            else
                row.Compare(plan, findings, ("name", known.Name == row["name"]),
                    ("parentCode", row["parentCode"] is not { } above || (known.ParentId is { } id && there[id] == above)), ("since", since is null || plan.Since[known.Id] == since));
        }

        foreach (var (row, unit, since) in added.Values)
        {
            plan.Units.Add(unit.Code, unit);
            plan.HoldsSince(since, unit.Id, row);
        }

        foreach (var (row, unit, _) in added.Values)
        {
            var parent = row.Find(findings, "parentCode", Layout.Units, plan.Units, "unit-unknown");
            if (parent?.ClosedAt is not null)
                row.Refuse(findings, "parentCode", "unit-closed");
            unit.ParentId = parent?.Id;
        }

        Order(added.Values, plan, findings);
    }

    /// <summary>From above to below, as they can be inserted; what is left over stands in a ring.</summary>
    private static void Order(IReadOnlyCollection<Added> added, Plan plan, Findings findings)
    {
        var below = added.ToLookup(entry => entry.Unit.ParentId);
        var isNew = added.Select(entry => entry.Unit.Id).ToHashSet();
        var next = new Queue<Added>(added.Where(entry => entry.Unit.ParentId is not { } above || !isNew.Contains(above)));
        while (next.TryDequeue(out var entry))
        {
            var (row, unit, since) = entry;
            isNew.Remove(unit.Id);
            if (unit.ParentId is { } above && since < plan.SinceOf(above))
                row.Refuse(findings, "since", "since");
            if (row.IsRight)
                plan.NewUnits.Add(unit);
            foreach (var child in below[unit.Id])
                next.Enqueue(child);
        }

        foreach (var (row, _, _) in added.Where(entry => isNew.Contains(entry.Unit.Id)))
            row.Refuse(findings, "parentCode", "unit-below-itself");
    }
}
