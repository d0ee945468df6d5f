using System.Globalization;
using System.Text;
using System.Xml;

namespace Directory.Import;

/// <summary>
/// The tables of an OpenDocument spreadsheet (ODF 1.3 part 3, 9 and 19.385). A formula's cell holds its last result, which is taken. No DTD, no entities, no
/// addresses are followed; rows and columns that a spreadsheet repeats to its edge are not unfolded.
/// </summary>
internal static class ReadOds
{
    private const string Table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
    private const string Office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
    private const string Text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
    private const int LongestText = 4_000;

    // What a spreadsheet keeps of a number.
    private const int DigitsOfNumber = 15;

    public static IReadOnlyList<RawSheet> Read(Stream content)
    {
        using var xml = XmlReader.Create(content, new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        });
        var sheets = new List<RawSheet>();
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "table" && xml.NamespaceURI == Table)
            {
                var title = xml.GetAttribute("name", Table) ?? "";
                using var table = xml.ReadSubtree();
                sheets.Add(new(title, ReadTable(table)));
            }
        }

        return sheets;
    }

    private static List<(int Number, IReadOnlyList<Cell> Cells)> ReadTable(XmlReader xml)
    {
        var rows = new List<(int, IReadOnlyList<Cell>)>();
        var number = 1;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "table-row" || xml.NamespaceURI != Table)
                continue;
            var repeated = Repeated(xml, "number-rows-repeated");
            using var row = xml.ReadSubtree();
            var cells = ReadRow(row);
            if (cells.Count > 0)
            {
                for (var at = 0; at < repeated; at++)
                {
                    rows.Add((number + at, cells));
                    if (rows.Count > ReadFile.MostRows)
                        throw new UnreadableFileException("import-too-large");
                }
            }

            number += repeated;
        }

        return rows;
    }

    /// <summary>Empty where all cells are.</summary>
    private static List<Cell> ReadRow(XmlReader xml)
    {
        var cells = new List<Cell>();
        xml.Read();
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.NamespaceURI != Table || xml.LocalName is not ("table-cell" or "covered-table-cell"))
                continue;
            var repeated = Math.Min(Repeated(xml, "number-columns-repeated"), ReadFile.MostColumns - cells.Count);
            var cell = ReadCell(xml);
            for (var at = 0; at < repeated; at++)
                cells.Add(cell);
        }

        return cells.TrueForAll(cell => cell.Text.Length == 0) ? [] : cells;
    }

    private static Cell ReadCell(XmlReader xml)
    {
        var type = xml.GetAttribute("value-type", Office);
        var (value, date, boolean) = (xml.GetAttribute("value", Office), xml.GetAttribute("date-value", Office), xml.GetAttribute("boolean-value", Office));
        var given = xml.GetAttribute("string-value", Office);
        using var inside = xml.ReadSubtree();
        var shown = ReadText(inside);
        return type switch
        {
            "float" or "percentage" or "currency" when value is not null => Number(value, shown),
            "date" when date is not null => new(date.Split('T')[0]),
            "boolean" when boolean is not null => new(boolean),
            _ => new(given ?? shown),
        };
    }

    /// <summary>As shown if that is the same number in digits: the zeros before an employee number are only there.</summary>
    private static Cell Number(string value, string shown)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return new(shown);
        if (Math.Abs(number) >= Math.Pow(10, DigitsOfNumber))
            return new(shown, LostDigits: true);
        return shown.Length is > 0 and <= DigitsOfNumber && shown.All(char.IsAsciiDigit) && double.Parse(shown, CultureInfo.InvariantCulture) == number
            ? new(shown)
            : new(number.ToString("0.##########", CultureInfo.InvariantCulture));
    }

    private static string ReadText(XmlReader xml)
    {
        var text = new StringBuilder();
        xml.Read();
        while (!xml.EOF)
        {
            // A note that somebody has pinned to the cell is not its content.
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "annotation" && xml.NamespaceURI == Office)
            {
                xml.Skip();
                continue;
            }

            if (xml.NodeType == XmlNodeType.Element && xml.NamespaceURI == Text)
            {
                if (xml.LocalName == "p" && text.Length > 0)
                    text.Append('\n');
                else if (xml.LocalName == "s")
                    text.Append(' ', Math.Min(Repeated(xml, "c", Text), LongestText));
                else if (xml.LocalName is "tab" or "line-break")
                    text.Append(' ');
            }
            else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                text.Append(xml.Value);
            }

            if (text.Length > LongestText)
                throw new UnreadableFileException("import-too-large");
            xml.Read();
        }

        return text.ToString();
    }

    private static int Repeated(XmlReader xml, string attribute, string space = Table) =>
        int.TryParse(xml.GetAttribute(attribute, space), NumberStyles.None, CultureInfo.InvariantCulture, out var times) ? Math.Clamp(times, 1, 2_000_000) : 1;
}
