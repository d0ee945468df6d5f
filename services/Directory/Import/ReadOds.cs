using System.Globalization;
using System.Text;
using System.Xml;

namespace Directory.Import;

/// <summary>
/// The tables of an OpenDocument spreadsheet (ODF 1.3 part 3, 9 and 19.385). A formula's cell holds its last result, which is taken. The reader is the one for hostile
/// messages: no DTD, no entities, no address is followed, and depth, tags and names are bounded, which the usual one keeps in memory whatever their size.
/// </summary>
internal static class ReadOds
{
    private const string Table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
    private const string Office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
    private const string Text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";

    // What a spreadsheet keeps of a number.
    private const int DigitsOfNumber = 15;

    // A spreadsheet has a million rows; nothing stands below that.
    private const int LastRow = 10_000_000;

    private static readonly XmlDictionaryReaderQuotas Quotas = new()
    {
        MaxDepth = 64,
        MaxBytesPerRead = 64 * 1024,
        MaxNameTableCharCount = 256 * 1024,
        MaxStringContentLength = 64 * 1024,
    };

    public static IEnumerable<RawSheet> Read(Stream content, Allowance allowance)
    {
        using var xml = XmlDictionaryReader.CreateTextReader(content, Quotas);
        while (xml.Read())
        {
            if (!xml.IsStart("table"))
                continue;
            var (depth, title) = (xml.Depth, xml.GetAttribute("name", Table) ?? "");
            yield return new(title, xml.IsEmptyElement ? [] : ReadRows(xml, title, allowance));
            // What nobody wanted to read.
            while (xml.Depth > depth && xml.Read())
            {
            }
        }
    }

    private static IEnumerable<RawRow> ReadRows(XmlReader xml, string title, Allowance allowance)
    {
        var (depth, number) = (xml.Depth, 1);
        while (xml.ReadInside(depth))
        {
            if (!xml.IsStart("table-row"))
                continue;
            var repeated = xml.Repeated("number-rows-repeated", title, number);
            var cells = ReadRow(xml, title, number);
            if (cells.Exists(cell => cell.Text.Length > 0))
            {
                allowance.TakeRows(title, number, cells, repeated);
                for (var at = 0; at < repeated; at++)
                    yield return new(number + at, cells);
            }

            number += repeated;
            if (number > LastRow)
                throw new UnreadableFileException("import-too-large", title, number);
        }
    }

    private static List<Cell> ReadRow(XmlReader xml, string title, int number)
    {
        var (depth, cells) = (xml.Depth, new List<Cell>());
        if (xml.IsEmptyElement)
            return cells;
        while (xml.ReadInside(depth))
        {
            if (!xml.IsStart("table-cell") && !xml.IsStart("covered-table-cell"))
                continue;
            var repeated = xml.Repeated("number-columns-repeated", title, number);
            cells.Keep(ReadCell(xml), repeated);
        }

        return cells;
    }

    private static Cell ReadCell(XmlReader xml)
    {
        var type = xml.GetAttribute("value-type", Office);
        var (value, date, boolean) = (xml.GetAttribute("value", Office), xml.GetAttribute("date-value", Office), xml.GetAttribute("boolean-value", Office));
        var given = xml.GetAttribute("string-value", Office);
        var shown = ReadText(xml);
        return type switch
        {
            "float" or "percentage" or "currency" when value is not null => Number(value, shown),
            "date" when date is not null => new(date.Split('T')[0]),
            "boolean" when boolean is not null => new(boolean),
            // A formula that failed gives nothing and shows #REF!: that is no blank cell.
            _ => new(string.IsNullOrEmpty(given) ? shown : given),
        };
    }

    /// <summary>As shown if that is the same number in digits: the zeros before an employee number are only there.</summary>
    private static Cell Number(string value, string shown)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return new(shown);
        if (Math.Abs(number) >= Math.Pow(10, DigitsOfNumber))
            return new(shown, Cell.LostDigits);
        return shown.Length is > 0 and <= DigitsOfNumber && shown.All(char.IsAsciiDigit) && double.Parse(shown, CultureInfo.InvariantCulture) == number
            ? new(shown)
            : new(number.ToString("0.##########", CultureInfo.InvariantCulture));
    }

    /// <summary>The paragraphs of a cell. A note that somebody has pinned to it, or a picture, is not its content.</summary>
    private static string ReadText(XmlReader xml)
    {
        var (depth, text) = (xml.Depth, new StringBuilder());
        if (xml.IsEmptyElement)
            return "";
        while (xml.ReadInside(depth))
        {
            var part = xml.NodeType switch
            {
                XmlNodeType.Element when xml.NamespaceURI != Text => Pass(xml),
                XmlNodeType.Element when xml.LocalName == "p" && text.Length > 0 => "\n",
                XmlNodeType.Element when xml.LocalName == "s" => new string(' ', xml.Spaces()),
                XmlNodeType.Element when xml.LocalName is "tab" or "line-break" => " ",
                XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace => xml.Value,
                // Between two words in different letters, not between two paragraphs.
                XmlNodeType.Whitespace when xml.Depth > depth + 1 => " ",
                _ => "",
            };
            // A text without end is not kept, only that it is too long.
            text.Append(part.AsSpan(0, Math.Min(part.Length, Allowance.LongestCell + 1 - text.Length)));
        }

        return text.ToString();
    }

    private static string Pass(XmlReader xml)
    {
        for (var (depth, isOver) = (xml.Depth, xml.IsEmptyElement); !isOver; isOver = !xml.ReadInside(depth))
        {
        }

        return "";
    }

    private static bool IsStart(this XmlReader xml, string name) => xml.NodeType == XmlNodeType.Element && xml.LocalName == name && xml.NamespaceURI == Table;

    /// <summary>On to the next node within the element that stands at this depth; false at its end.</summary>
    private static bool ReadInside(this XmlReader xml, int depth) => xml.Read() && xml.Depth > depth;

    /// <summary>How often it stands there. Said by what is no number of rows or columns, it would move all that follows to other places.</summary>
    private static int Repeated(this XmlReader xml, string attribute, string sheet, int row) =>
        xml.GetAttribute(attribute, Table) is not { } times ? 1
        : int.TryParse(times, NumberStyles.Integer, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= LastRow ? count
        : throw new UnreadableFileException("import-repeated", sheet, row);

    private static int Spaces(this XmlReader xml) =>
        int.TryParse(xml.GetAttribute("c", Text), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Min(count, Allowance.LongestCell) : 1;
}
