namespace Directory.Import;

/// <summary>Where something is wrong, and what; never the value, which can be somebody's number.</summary>
/// <param name="Sheet">As the file names it; null for the file itself.</param>
/// <param name="Code">Its text is <c>problem.&lt;code&gt;</c>.</param>
internal sealed record Finding(string? Sheet, int? Row, string? Column, string Code);

/// <summary>All that is wrong. A row has about as many findings as columns at most, and a file has an <see cref="Allowance"/> of rows.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _all = [];
    private readonly HashSet<(Layout Layout, string Key)> _refused = [];

    public int Total => _all.Count;

    /// <summary>As a reader goes through the file: by sheet, then by row.</summary>
    public IEnumerable<Finding> InOrder()
    {
        var places = _all.Select(found => found.Sheet ?? "").Distinct(StringComparer.Ordinal)
            .ToDictionary(title => title, title => Layout.Named(title) is { } layout ? Layout.All.IndexOf(layout) : -1, StringComparer.Ordinal);
        return _all.OrderBy(found => places[found.Sheet ?? ""]).ThenBy(found => found.Row);
    }

    public void Add(string? sheet, int? row, string? column, string code) => _all.Add(new(sheet, row, column, code));

    /// <summary>A row that is wrong; by its key others name it.</summary>
    public void Refuse(Layout layout, string? key)
    {
        if (key is not null)
            _refused.Add((layout, key));
    }

    /// <summary>The row of this key is in the file, and wrong itself: who names it is not to blame.</summary>
    public bool IsRefused(Layout layout, string key) => _refused.Contains((layout, key));
}
