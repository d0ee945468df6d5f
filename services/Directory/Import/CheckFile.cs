using Directory.Storage;
using Microsoft.AspNetCore.Identity;
using ServiceDefaults;

namespace Directory.Import;

/// <summary>From a file to a plan; every finding of every sheet is listed, not only the first.</summary>
internal sealed class CheckFile(DirectoryDb db, UserManager<Account> accounts, CityTime city)
{
    public async Task<(Plan Plan, Findings Findings)> CheckAsync(byte[] content, string? sheet, CancellationToken stop)
    {
        var findings = new Findings();
        var plan = await Plan.OfWhatIsThereAsync(db, stop);
        try
        {
            foreach (var (layout, table) in SheetsOf(ReadFile.Read(content, sheet), findings))
                Check(layout, table, plan, findings);
        }
        catch (UnreadableFileException unreadable)
        {
            findings.Add(null, null, null, unreadable.Code);
        }

        return (plan, findings);
    }

    /// <summary>In the order of the layouts. Sheets with other names are the city's own notes.</summary>
    private static List<(Layout Layout, Sheet Sheet)> SheetsOf(IReadOnlyList<RawSheet> tables, Findings findings)
    {
        var sheets = new List<(Layout, Sheet)>();
        foreach (var layout in Layout.All)
        {
            var named = tables.Where(table => Layout.Named(table.Title) == layout).ToList();
            foreach (var twice in named.Skip(1))
                findings.Add(twice.Title, null, null, "import-twice");
            if (named is [var table, ..] && Sheet.Of(table, layout, findings) is { } sheet)
                sheets.Add((layout, sheet));
        }

        if (sheets.Count == 0 && findings.Total == 0)
            findings.Add(null, null, null, "import-no-sheet");
        return sheets;
    }

    private void Check(Layout layout, Sheet sheet, Plan plan, Findings findings)
    {
        if (layout == Layout.Units)
            CheckUnits.Check(sheet, plan, findings);
        else if (layout == Layout.Positions)
            CheckPositions.Check(sheet, plan, findings);
        else if (layout == Layout.Officials)
            CheckOfficials.Check(sheet, plan, findings);
        else if (layout == Layout.Assignments)
            CheckAssignments.Check(sheet, plan, city.Zone, findings);
        else
            CheckAccounts.Check(sheet, plan, login => accounts.NormalizeName(login), findings);
    }
}
