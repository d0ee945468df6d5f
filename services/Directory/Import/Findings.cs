namespace Directory.Import;

/// <summary>Where something is wrong, and what; never the value, which can be somebody's number.</summary>
/// <param name="Sheet">As the file names it; null for the file itself.</param>
/// <param name="Code">Its text is <c>problem.&lt;code&gt;</c>.</param>
internal sealed record Finding(string? Sheet, int? Row, string? Column, string Code);

/// <summary>All that is wrong. A row has fewer findings than columns, and a file has an <see cref="Allowance"/> of rows.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _all = [];

    public int Total => _all.Count;

    /// <summary>As a reader goes through the file: by sheet, then by row.</summary>
    public IEnumerable<Finding> InOrder => _all.OrderBy(found => found.Sheet is null ? -1 : Layout.All.IndexOf(Layout.Named(found.Sheet)!)).ThenBy(found => found.Row);

    public void Add(string? sheet, int? row, string? column, string code) => _all.Add(new(sheet, row, column, code));
}
