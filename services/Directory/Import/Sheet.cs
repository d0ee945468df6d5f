namespace Directory.Import;

/// <param name="LostDigits">A spreadsheet keeps 15 digits of a number: the rest of an employee number that was typed as a number is gone.</param>
internal readonly record struct Cell(string Text, bool LostDigits = false);

/// <summary>A table as the file has it.</summary>
internal sealed record RawSheet(string Title, IReadOnlyList<(int Number, IReadOnlyList<Cell> Cells)> Rows);

/// <summary>A row by the columns of its layout.</summary>
internal sealed class Row(Sheet sheet, int number, string?[] values)
{
    public Sheet Sheet => sheet;
    public int Number => number;

    /// <summary>What the column says; null where it is blank.</summary>
    public string? this[string column] => values[sheet.Layout.IndexOf(column)];

    public void Refuse(Findings findings, string column, string code) => findings.Add(sheet.Title, number, sheet.HeaderOf(column), code);
}

/// <summary>A table whose header is understood.</summary>
internal sealed class Sheet(string title, Layout layout, string?[] headers)
{
    public string Title => title;
    public Layout Layout => layout;
    public List<Row> Rows { get; } = [];

    /// <summary>As the file writes it.</summary>
    public string HeaderOf(string column) => headers[layout.IndexOf(column)] ?? column;

    /// <summary>Null, with problems, where a column is missing, twice, or unknown.</summary>
    public static Sheet? Of(RawSheet raw, Layout layout, Findings findings)
    {
        if (raw.Rows is not [var (headerRow, header), ..])
            return new(raw.Title, layout, new string?[layout.Columns.Count]);

        var places = header.Select(cell => cell.Text.Trim()).Select(text => text.Length == 0 ? -2 : layout.IndexOf(text)).ToArray();
        var headers = new string?[layout.Columns.Count];
        var before = findings.Total;
        for (var at = 0; at < places.Length; at++)
        {
            var text = header[at].Text.Trim();
            if (places[at] == -1)
                findings.Add(raw.Title, headerRow, text, "import-column-unknown");
            else if (places[at] >= 0 && headers[places[at]] is not null)
                findings.Add(raw.Title, headerRow, text, "import-twice");
            else if (places[at] >= 0)
                headers[places[at]] = text;
        }

        foreach (var (column, at) in layout.Columns.Select((column, at) => (column, at)))
        {
            if (column.IsRequired && headers[at] is null)
                findings.Add(raw.Title, headerRow, column.Indonesian, "import-column-missing");
        }

        if (findings.Total > before)
            return null;
        var sheet = new Sheet(raw.Title, layout, headers);
        foreach (var (number, cells) in raw.Rows.Skip(1))
            sheet.Add(number, cells, places, findings);
        return sheet;
    }

    private void Add(int number, IReadOnlyList<Cell> cells, int[] places, Findings findings)
    {
        var values = new string?[layout.Columns.Count];
        var before = findings.Total;
        for (var at = 0; at < Math.Min(cells.Count, places.Length); at++)
        {
            if (places[at] < 0 || cells[at].Text.Trim() is not { Length: > 0 } text)
                continue;
            values[places[at]] = text;
            if (cells[at].LostDigits)
                findings.Add(title, number, headers[places[at]], "import-lost-digits");
        }

        if (Array.TrueForAll(values, value => value is null))
            return;
        for (var at = 0; at < values.Length; at++)
        {
            if (layout.Columns[at].IsRequired && values[at] is null)
                findings.Add(title, number, headers[at], "empty");
        }

        if (findings.Total == before)
            Rows.Add(new(this, number, values));
    }
}
