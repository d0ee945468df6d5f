using System.Text;

namespace Directory.Import;

/// <summary>
/// CSV as spreadsheets write it (RFC 4180, and semicolons where the comma is the decimal sign, as in Indonesia): UTF-8 with or without BOM, UTF-16 with one, else
/// Windows-1252; lines end as on any system. A first line <c>sep=;</c> is Excel's.
/// </summary>
internal static class ReadCsv
{
    private const int LongestHeader = 4_096;
    private const string Separator = "sep=";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="open">The file from its beginning, each time.</param>
    /// <param name="title">Of the table.</param>
    /// <param name="allowance">Of the whole file.</param>
    public static IEnumerable<RawRow> Rows(Func<Stream> open, string title, Allowance allowance)
    {
        var encoding = EncodingOf(open);
        using var text = new StreamReader(open(), encoding);
        var separator = SeparatorOf(open, encoding);
        var line = 1;
        while (text.Peek() >= 0)
        {
            var start = line;
            var cells = ReadRow(text, separator, title, ref line);
            if (cells.TrueForAll(cell => cell.Text.Length == 0) || (start == 1 && cells[0].Text.StartsWith(Separator, StringComparison.OrdinalIgnoreCase)))
                continue;
            allowance.TakeRows(title, start, cells);
            yield return new(start, cells);
        }
    }

    private static List<Cell> ReadRow(StreamReader text, char separator, string title, ref int line)
    {
        var (cells, cell, isQuoted, start) = (new List<Cell>(), new StringBuilder(), false, line);
        while (text.Read() is var read and >= 0)
        {
            var letter = (char)read;
            var isEnd = letter == '\n' || (letter == '\r' && text.Peek() != '\n');
            if (isEnd)
                line++;
            if (isQuoted && letter != '"')
                Append(cell, letter);
            else if (isQuoted && text.Peek() == '"')
                Append(cell, (char)text.Read());
            else if (isQuoted)
                isQuoted = false;
            else if (letter == '"' && cell.Length == 0)
                isQuoted = true;
            else if (letter == separator)
                Take(cells, cell);
            else if (isEnd)
                break;
            else if (letter != '\r')
                Append(cell, letter);
        }

        // An open quotation mark swallows the rest of the file: nothing after it can be believed.
        if (isQuoted)
            throw new UnreadableFileException("import-file", title, start);
        Take(cells, cell);
        return cells;
    }

    /// <summary>A cell without end is not kept, only that it is too long.</summary>
    private static void Append(StringBuilder cell, char letter)
    {
        if (cell.Length <= Allowance.LongestCell)
            cell.Append(letter);
    }

    private static void Take(List<Cell> cells, StringBuilder cell)
    {
        cells.Keep(CellOf(cell.ToString()));
        cell.Clear();
    }

    // Excel writes a long number as 1,98E+17 into a CSV: its digits are gone.
    private static Cell CellOf(string text) => text.Length > 4 && text.Contains("E+", StringComparison.Ordinal)
        && text.All(letter => char.IsAsciiDigit(letter) || letter is 'E' or '+' or ',' or '.')
        ? new(text, Cell.LostDigits)
        : new(text);

    private static Encoding EncodingOf(Func<Stream> open)
    {
        using var file = open();
        var (bytes, letters, decoder) = (new byte[81_920], new char[81_921], Utf8.GetDecoder());
        try
        {
            int read;
            do
            {
                read = file.Read(bytes);
                decoder.GetChars(bytes.AsSpan(0, read), letters, flush: read == 0);
            }
            while (read > 0);
            return Utf8;
        }
        catch (DecoderFallbackException)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        }
    }

    private static char SeparatorOf(Func<Stream> open, Encoding encoding)
    {
        using var text = new StreamReader(open(), encoding);
        var letters = new char[LongestHeader];
        ReadOnlySpan<char> header = letters.AsSpan(0, text.ReadBlock(letters));
        if (header.IndexOfAny('\r', '\n') is var end and >= 0)
            header = header[..end];
        if (header.StartsWith(Separator, StringComparison.OrdinalIgnoreCase) && header.Length > Separator.Length)
            return header[Separator.Length];
        return header.Count(';') >= header.Count(',') && header.Contains(';') ? ';' : header.Contains('\t') && !header.Contains(',') ? '\t' : ',';
    }
}
