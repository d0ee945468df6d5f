using System.IO.Compression;

namespace Directory.Import;

/// <summary>
/// What a file may unfold to, over all its tables: counted while it is read, since a ZIP and a spreadsheet can say any number. An organisation of 5,000 officials with
/// 20 years of history takes a quarter of it: 55,200 rows.
/// </summary>
internal sealed class Allowance
{
    public const int MostRows = 200_000;
    public const int MostEntries = 200;

    /// <summary>Of one row; what stands further to the right is one cell more, which has no column.</summary>
    public const int MostCells = 40;

    public const int LongestCell = 1_000;
    private const long MostLetters = 32 * 1024 * 1024;
    private const long MostBytes = 96 * 1024 * 1024;

    private int _rows;
    private long _letters;
    private long _bytes;

    /// <summary>Rows that are kept; one that a spreadsheet repeats counts as often as it stands there.</summary>
    public void TakeRows(string sheet, int number, IReadOnlyList<Cell> cells, int repeated = 1)
    {
        _rows += repeated;
        _letters += (long)repeated * cells.Sum(cell => cell.Text.Length);
        if (_rows > MostRows || _letters > MostLetters)
            throw new UnreadableFileException("import-too-large", sheet, number);
    }

    /// <summary>Bytes of an entry, before it is read: what comes out counts, not what the ZIP says.</summary>
    public void TakeBytes(ZipArchiveEntry entry)
    {
        using var packed = entry.Open();
        var buffer = new byte[81_920];
        int read;
        while ((read = packed.Read(buffer)) > 0)
        {
            _bytes += read;
            if (_bytes > MostBytes)
                throw new UnreadableFileException("import-too-large");
        }
    }
}

/// <summary>The file cannot be read at all, or not any further.</summary>
internal sealed class UnreadableFileException(string code, string? sheet = null, int? row = null) : Exception
{
    public string Code => code;
    public string? Sheet => sheet;
    public int? Row => row;
}
