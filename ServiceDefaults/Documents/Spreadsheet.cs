using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace ServiceDefaults.Documents;

/// <summary>One table of a spreadsheet: a title, a header, rows.</summary>
/// <param name="Name">On the tab.</param>
/// <param name="Title">Above the header.</param>
/// <param name="Columns">Header of each column, and its width in centimetres.</param>
/// <param name="Rows">Cells: text, whole or decimal numbers, instants (as the city's clock shows them, already converted), durations, or null.</param>
public sealed record Sheet(string Name, string Title, IReadOnlyList<(string Header, double Width)> Columns, IEnumerable<IReadOnlyList<object?>> Rows);

/// <summary>
/// Writes an OpenDocument spreadsheet (ODF 1.3; TIK 16(2)b: open formats). Text is text: nothing that starts with <c>=</c> becomes a formula. The same sheets give
/// the same bytes.
/// </summary>
public static partial class Spreadsheet
{
    public const string ContentType = "application/vnd.oasis.opendocument.spreadsheet";

    private const string Office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
    private const string Style = "urn:oasis:names:tc:opendocument:xmlns:style:1.0";
    private const string Table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
    private const string Text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
    private const string Format = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0";
    private const string Manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";
    private static readonly DateTimeOffset EarliestZipTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Write(IReadOnlyList<Sheet> sheets)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            // First and uncompressed: by it one tells the kind of the file (ODF 1.3 part 2, 3.3).
            Add(zip, "mimetype", CompressionLevel.NoCompression, stream => stream.Write(Encoding.ASCII.GetBytes(ContentType)));
            AddXml(zip, "META-INF/manifest.xml", WriteManifest);
            AddXml(zip, "styles.xml", WriteStyles);
            AddXml(zip, "content.xml", xml => WriteContent(xml, sheets));
        }

        return file.ToArray();
    }

    private static void Add(ZipArchive zip, string name, CompressionLevel level, Action<Stream> write)
    {
        var entry = zip.CreateEntry(name, level);
        entry.LastWriteTime = EarliestZipTime;
        using var stream = entry.Open();
        write(stream);
    }

    private static void AddXml(ZipArchive zip, string name, Action<XmlWriter> write) => Add(zip, name, CompressionLevel.Optimal, stream =>
    {
        using var xml = XmlWriter.Create(stream, new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) });
        write(xml);
    });

    private static void WriteManifest(XmlWriter xml)
    {
        xml.WriteStartElement("manifest", "manifest", Manifest);
        xml.WriteAttributeString("version", Manifest, "1.3");
        foreach (var (path, type) in new[] { ("/", ContentType), ("content.xml", "text/xml"), ("styles.xml", "text/xml") })
        {
            xml.WriteStartElement("file-entry", Manifest);
            xml.WriteAttributeString("full-path", Manifest, path);
            xml.WriteAttributeString("media-type", Manifest, type);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    // A4 across, as wide as one page: reports are printed.
    private static void WriteStyles(XmlWriter xml)
    {
        Start(xml, "document-styles");
        xml.WriteStartElement("automatic-styles", Office);
        xml.WriteStartElement("page-layout", Style);
        xml.WriteAttributeString("name", Style, "page");
        xml.WriteStartElement("page-layout-properties", Style);
        xml.WriteAttributeString("page-width", Format, "29.7cm");
        xml.WriteAttributeString("page-height", Format, "21cm");
        xml.WriteAttributeString("print-orientation", Style, "landscape");
        xml.WriteAttributeString("scale-to-X", Style, "1");
        xml.WriteAttributeString("scale-to-Y", Style, "0");
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteStartElement("master-styles", Office);
        xml.WriteStartElement("master-page", Style);
        xml.WriteAttributeString("name", Style, "Default");
        xml.WriteAttributeString("page-layout-name", Style, "page");
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteContent(XmlWriter xml, IReadOnlyList<Sheet> sheets)
    {
        Start(xml, "document-content");
        xml.WriteStartElement("automatic-styles", Office);
        WriteStyle(xml, "table", "table", () => xml.WriteAttributeString("master-page-name", Style, "Default"));
        WriteStyle(xml, "title", "table-cell", body: () => WriteProperties(xml, "text-properties", ("font-weight", "bold"), ("font-size", "13pt")));
        WriteStyle(xml, "header", "table-cell", body: () =>
        {
            WriteProperties(xml, "table-cell-properties", ("border", "0.5pt solid #000000"), ("background-color", "#dddddd"), ("wrap-option", "wrap"));
            WriteProperties(xml, "text-properties", ("font-weight", "bold"));
        });
        WriteStyle(xml, "cell", "table-cell", body: () =>
            WriteProperties(xml, "table-cell-properties", ("border", "0.5pt solid #000000"), ("wrap-option", "wrap")));
        foreach (var width in sheets.SelectMany(sheet => sheet.Columns).Select(column => column.Width).Distinct())
        {
            WriteStyle(xml, WidthStyle(width), "table-column", body: () =>
            {
                xml.WriteStartElement("table-column-properties", Style);
                xml.WriteAttributeString("column-width", Style, string.Create(CultureInfo.InvariantCulture, $"{width}cm"));
                xml.WriteEndElement();
            });
        }

        xml.WriteEndElement();
        xml.WriteStartElement("body", Office);
        xml.WriteStartElement("spreadsheet", Office);
        foreach (var sheet in sheets)
            WriteSheet(xml, sheet);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Start(XmlWriter xml, string document)
    {
        xml.WriteStartElement("office", document, Office);
        foreach (var (prefix, space) in new[] { ("style", Style), ("table", Table), ("text", Text), ("fo", Format) })
            xml.WriteAttributeString("xmlns", prefix, ns: null, space);
        xml.WriteAttributeString("version", Office, "1.3");
    }

    private static void WriteStyle(XmlWriter xml, string name, string family, Action? attributes = null, Action? body = null)
    {
        xml.WriteStartElement("style", Style);
        xml.WriteAttributeString("name", Style, name);
        xml.WriteAttributeString("family", Style, family);
        attributes?.Invoke();
        body?.Invoke();
        xml.WriteEndElement();
    }

    private static void WriteProperties(XmlWriter xml, string element, params ReadOnlySpan<(string Name, string Value)> properties)
    {
        xml.WriteStartElement(element, Style);
        foreach (var (name, value) in properties)
            xml.WriteAttributeString(name, Format, value);
        xml.WriteEndElement();
    }

    private static string WidthStyle(double width) => string.Create(CultureInfo.InvariantCulture, $"width-{width * 100:0}");
}
