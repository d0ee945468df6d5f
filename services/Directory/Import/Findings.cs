namespace Directory.Import;

/// <summary>Where something is wrong, and what; never the value, which can be somebody's number.</summary>
/// <param name="Sheet">As the file names it; null for the file itself.</param>
/// <param name="Code">Its text is <c>problem.&lt;code&gt;</c>.</param>
internal sealed record Finding(string? Sheet, int? Row, string? Column, string Code);

/// <summary>Every problem is counted, the first 500 are kept: a wrong file of 50,000 rows is understood by less.</summary>
internal sealed class Findings
{
    private const int MostKept = 500;
    private readonly List<Finding> _kept = [];

    public IReadOnlyList<Finding> Kept => _kept;
    public int Total { get; private set; }

    public void Add(string? sheet, int? row, string? column, string code)
    {
        Total++;
        if (_kept.Count < MostKept)
            _kept.Add(new(sheet, row, column, code));
    }
}

/// <summary>The file cannot be read at all.</summary>
internal sealed class UnreadableFileException(string code) : Exception
{
    public string Code => code;
}
