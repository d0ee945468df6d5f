using System.Text;

namespace Directory.Import;

/// <summary>
/// CSV as spreadsheets write it (RFC 4180, and semicolons where the comma is the decimal sign, as in Indonesia): UTF-8 with or without BOM, else Windows-1252.
/// </summary>
internal static class ReadCsv
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IReadOnlyList<(int Number, IReadOnlyList<Cell> Cells)> Read(byte[] file)
    {
        var text = Decode(file).TrimStart('\uFEFF');
        var separator = SeparatorOf(text);
        var rows = new List<(int, IReadOnlyList<Cell>)>();
        var (cells, cell, at, line) = (new List<Cell>(), new StringBuilder(), 0, 1);
        while (at < text.Length)
        {
            var start = line;
            at = ReadRow(text, at, separator, cells, cell, ref line);
            if (cells.Exists(filled => filled.Text.Length > 0))
                rows.Add((start, [.. cells]));
            if (rows.Count > ReadFile.MostRows)
                throw new UnreadableFileException("import-too-large");
            cells.Clear();
        }

        return rows;
    }

    /// <summary>Returns where the next row begins.</summary>
    private static int ReadRow(string text, int at, char separator, List<Cell> cells, StringBuilder cell, ref int line)
    {
        var isQuoted = false;
        for (; at < text.Length; at++)
        {
            var letter = text[at];
            if (letter == '\n')
                line++;
            if (isQuoted)
            {
                if (letter != '"')
                    cell.Append(letter);
                else if (at + 1 < text.Length && text[at + 1] == '"')
                    cell.Append(text[at++]);
                else
                    isQuoted = false;
            }
            else if (letter == '"' && cell.Length == 0)
            {
                isQuoted = true;
            }
            else if (letter == separator)
            {
                Take(cells, cell);
            }
            else if (letter == '\n')
            {
                at++;
                break;
            }
            else if (letter != '\r')
            {
                cell.Append(letter);
            }
        }

        // An open quotation mark swallows the rest of the file: nothing after it can be believed.
        if (isQuoted)
            throw new UnreadableFileException("import-file");
        Take(cells, cell);
        return at;
    }

    private static void Take(List<Cell> cells, StringBuilder cell)
    {
        if (cells.Count < ReadFile.MostColumns)
            cells.Add(CellOf(cell.ToString()));
        cell.Clear();
    }

    // Excel writes a long number as 1,98E+17 into a CSV: its digits are gone.
    private static Cell CellOf(string text) => new(text, text.Length > 4 && text.Contains("E+", StringComparison.Ordinal)
        && text.All(letter => char.IsAsciiDigit(letter) || letter is 'E' or '+' or ',' or '.'));

    private static string Decode(byte[] file)
    {
        try
        {
            return Utf8.GetString(file);
        }
        catch (DecoderFallbackException)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetString(file);
        }
    }

    private static char SeparatorOf(string text)
    {
        var header = text.AsSpan(0, text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? end : text.Length);
        return header.Count(';') >= header.Count(',') && header.Contains(';') ? ';' : header.Contains('\t') && !header.Contains(',') ? '\t' : ',';
    }
}
