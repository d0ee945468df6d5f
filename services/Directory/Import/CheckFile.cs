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
        var sheets = Read(content, sheet, findings);
        if (sheets is null)
            return (new(db.EffectiveNow), findings);
        var plan = await Plan.OfWhatIsThereAsync(db, stop);
        // In the order in which they refer to each other, whatever the order of the file.
        foreach (var layout in Layout.All)
        {
            if (sheets.TryGetValue(layout, out var read))
                Check(layout, read, plan, findings);
        }

        return (plan, findings);
    }

    /// <summary>
    /// Null where a header is not understood, or the file cannot be read to its end: what its rows say would be noise. All headers come before the first row. Sheets with
    /// other names are the city's own notes.
    /// </summary>
    private static Dictionary<Layout, Sheet>? Read(byte[] content, string? title, Findings findings)
    {
        try
        {
            if (ReadSheets(content, title, findings, withRows: false).Count == 0)
                findings.Add(null, null, null, "import-no-sheet");
            return findings.Total == 0 ? ReadSheets(content, title, findings, withRows: true) : null;
        }
        catch (UnreadableFileException unreadable)
        {
            findings.Add(unreadable.Sheet, unreadable.Row, null, unreadable.Code);
            return null;
        }
    }

    private static Dictionary<Layout, Sheet> ReadSheets(byte[] content, string? title, Findings findings, bool withRows)
    {
        var sheets = new Dictionary<Layout, Sheet>();
        ReadFile.Read(content, title, table =>
        {
            if (Layout.Named(table.Title) is not { } layout)
                return;
            if (sheets.ContainsKey(layout))
                findings.Add(table.Title, null, null, "import-twice");
            else
                sheets.Add(layout, Sheet.Of(table, layout, findings, withRows));
        });
        return sheets;
    }

    private void Check(Layout layout, Sheet sheet, Plan plan, Findings findings)
    {
        if (layout == Layout.Units)
            CheckUnits.Check(sheet, plan, city.Zone, findings);
        else if (layout == Layout.Positions)
            CheckPositions.Check(sheet, plan, city.Zone, findings);
        else if (layout == Layout.Officials)
            CheckOfficials.Check(sheet, plan, findings);
        else if (layout == Layout.Assignments)
            CheckAssignments.Check(sheet, plan, city.Zone, findings);
        else
            CheckAccounts.Check(sheet, plan, login => accounts.NormalizeName(login), findings);
    }
}
