using System.Globalization;
using System.Xml;

namespace ServiceDefaults.Documents;

/// <summary>Rows and cells.</summary>
public static partial class Spreadsheet
{
    private static void WriteSheet(XmlWriter xml, Sheet sheet)
    {
        xml.WriteStartElement("table", Table);
        xml.WriteAttributeString("name", Table, sheet.Name);
        xml.WriteAttributeString("style-name", Table, "table");
        foreach (var (_, width) in sheet.Columns)
        {
            xml.WriteStartElement("table-column", Table);
            xml.WriteAttributeString("style-name", Table, WidthStyle(width));
            xml.WriteEndElement();
        }

        WriteRow(xml, "title", [sheet.Title]);
        // Again on each printed page.
        xml.WriteStartElement("table-header-rows", Table);
        WriteRow(xml, "header", [.. sheet.Columns.Select(column => column.Header)]);
        xml.WriteEndElement();
        foreach (var row in sheet.Rows)
            WriteRow(xml, "cell", row);
        xml.WriteEndElement();
    }

    private static void WriteRow(XmlWriter xml, string style, IReadOnlyList<object?> cells)
    {
        xml.WriteStartElement("table-row", Table);
        foreach (var cell in cells)
        {
            xml.WriteStartElement("table-cell", Table);
            xml.WriteAttributeString("style-name", Table, style);
            var (type, attribute, value) = TypeOf(cell);
            if (type is not null)
            {
                xml.WriteAttributeString("value-type", Office, type);
                if (attribute is not null)
                    xml.WriteAttributeString(attribute, Office, value);
            }

            foreach (var line in Shown(cell)?.Split('\n') ?? [])
                xml.WriteElementString("p", Text, line);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static (string? Type, string? Attribute, string? Value) TypeOf(object? cell) => cell switch
    {
        null => default,
        int or long or double or decimal => ("float", "value", Convert.ToString(cell, CultureInfo.InvariantCulture)),
        DateTimeOffset at => ("date", "date-value", at.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)),
        TimeSpan span => ("time", "time-value", XmlConvert.ToString(span)),
        _ => ("string", null, null),
    };

    private static string? Shown(object? cell) => cell switch
    {
        null => null,
        DateTimeOffset at => at.ToString("dd-MM-yyyy HH:mm", CultureInfo.InvariantCulture),
        TimeSpan span => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalHours:00}:{span.Minutes:00}:{span.Seconds:00}"),
        string text => string.Concat(text.Where(letter => XmlConvert.IsXmlChar(letter) || char.IsSurrogate(letter))),
        IFormattable number => number.ToString(null, CultureInfo.GetCultureInfo("id")),
        _ => cell.ToString(),
    };
}
