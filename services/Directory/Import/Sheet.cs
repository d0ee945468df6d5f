namespace Directory.Import;

/// <param name="Text">As it is meant.</param>
/// <param name="Problem">Why it cannot be taken as it stands there.</param>
internal readonly record struct Cell(string Text, string? Problem = null)
{
    /// <summary>A spreadsheet keeps 15 digits of a number: the rest of an employee number that was typed as a number is gone.</summary>
    public const string LostDigits = "import-lost-digits";

    public const string TooLong = "import-cell-too-long";
}

internal sealed record RawRow(int Number, IReadOnlyList<Cell> Cells);

/// <summary>A table as the file has it. Its rows are read from the file as they are asked for, once.</summary>
internal sealed record RawSheet(string Title, IEnumerable<RawRow> Rows);

/// <summary>A row by the columns of its layout, the first of which is its key.</summary>
internal sealed class Row(Sheet sheet, int number, string?[] values)
{
    // A bit for each column that was refused.
    private int _refused;

    /// <summary>Nothing is wrong with it so far.</summary>
    public bool IsRight { get; private set; } = true;

    /// <summary>What the column says; null where it is blank.</summary>
    public string? this[string column] => values[sheet.Layout.PlaceOf(column)];

    /// <summary>What the column says can be believed, a blank too.</summary>
    public bool IsRightIn(string column) => (_refused & (1 << sheet.Layout.PlaceOf(column))) == 0;

    public void Refuse(Findings findings, string? column, string code)
    {
        IsRight = false;
        if (column is not null)
            _refused |= 1 << sheet.Layout.PlaceOf(column);
        findings.Add(sheet.Title, number, column is null ? null : sheet.HeaderOf(column), code);
        findings.Refuse(sheet.Layout, values[0]);
    }

    /// <summary>
    /// What the column names; null where it is blank or, with a finding, neither there nor in the file. A row of the file that is wrong itself is found: what else is wrong
    /// with this one is told too. That it names a wrong one is nobody's finding, but right it is not.
    /// </summary>
    public TNamed? Find<TNamed>(Findings findings, string column, Layout layout, Dictionary<string, TNamed> named, string code)
        where TNamed : class
    {
        if (this[column] is not { } key || !IsRightIn(column))
            return null;
        if (!named.TryGetValue(key, out var found))
            Refuse(findings, column, code);
        if (!findings.IsRefused(layout, key))
            return found;
        IsRight = false;
        findings.Refuse(sheet.Layout, values[0]);
        return found;
    }
}

/// <summary>A table whose header is understood.</summary>
internal sealed class Sheet(string title, Layout layout, string?[] headers)
{
    private const int LongestHeader = 64;
    private const string EmployeeNumber = "employeeNumber";

    public string Title => title;
    public Layout Layout => layout;
    public List<Row> Rows { get; } = [];

    /// <summary>As the file writes it.</summary>
    public string HeaderOf(string column) => headers[layout.PlaceOf(column)] ?? column;

    /// <summary>Its header, and its rows where they are wanted.</summary>
    public static Sheet Of(RawSheet raw, Layout layout, Findings findings, bool withRows)
    {
        var headers = new string?[layout.Columns.Count];
        var sheet = new Sheet(raw.Title, layout, headers);
        using var rows = raw.Rows.GetEnumerator();
        if (!rows.MoveNext())
            return sheet;
        var places = sheet.ReadHeader(rows.Current, headers, findings);
        while (withRows && rows.MoveNext())
            sheet.Add(rows.Current, places, findings);
        return sheet;
    }

    /// <summary>The place of each cell in the layout, or -1. With findings where a column is missing, twice, or unknown.</summary>
    private int[] ReadHeader(RawRow row, string?[] found, Findings findings)
    {
        var places = new int[row.Cells.Count];
        foreach (var (at, cell) in row.Cells.Index())
        {
            var text = cell.Text.Trim() is { Length: > LongestHeader } endless ? endless[..LongestHeader] : cell.Text.Trim();
            places[at] = layout.IndexOf(text);
            if (places[at] >= 0 && found[places[at]] is not null)
                findings.Add(title, row.Number, text, "import-twice");
            else if (places[at] >= 0)
                found[places[at]] = text;
            else if (text.Length > 0)
                findings.Add(title, row.Number, text, "import-column-unknown");
        }

        foreach (var (at, column) in layout.Columns.Index())
        {
            if (column.IsRequired && found[at] is null)
                findings.Add(title, row.Number, column.Indonesian, "import-column-missing");
        }

        return places;
    }

    private void Add(RawRow row, int[] places, Findings findings)
    {
        var values = new string?[layout.Columns.Count];
        var (problems, isBeyond) = (new string?[values.Length], false);
        foreach (var (at, cell) in row.Cells.Index())
        {
            if (cell.Text.Trim() is not { Length: > 0 } text)
                continue;
            if (at >= places.Length || places[at] < 0)
            {
                isBeyond = true;
                continue;
            }

            values[places[at]] = layout.Columns[places[at]].Name == EmployeeNumber ? Reading.WithoutGaps(text) : text;
            problems[places[at]] = cell.Problem;
        }

        if (Array.TrueForAll(values, value => value is null))
            return;
        var added = new Row(this, row.Number, values);
        Rows.Add(added);
        // As when a name with a comma stands in a CSV without quotation marks: every value after it is another column's.
        if (isBeyond)
            added.Refuse(findings, null, "import-cell-without-column");
        foreach (var (at, column) in layout.Columns.Index())
        {
            if ((problems[at] ?? (column.IsRequired && values[at] is null ? "empty" : null)) is not { } problem)
                continue;
            added.Refuse(findings, column.Name, problem);
            // What is wrong once is not looked at again.
            values[at] = null;
        }
    }
}

internal static class Cells
{
    /// <summary>Not more than a row has, and of each not more than a cell holds.</summary>
    public static void Keep(this List<Cell> cells, Cell cell, int repeated = 1)
    {
        if (cell.Text.Length > Allowance.LongestCell)
            cell = new(cell.Text[..Allowance.LongestCell], Cell.TooLong);
        // What stands beyond is remembered as one cell: it has no column.
        var most = cell.Text.Length > 0 ? Allowance.MostCells + 1 : Allowance.MostCells;
        for (var at = 0; at < repeated && cells.Count < most; at++)
            cells.Add(cell);
    }
}
