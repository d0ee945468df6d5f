using System.IO.Compression;
using System.Text;

namespace Directory.Tests.Import;

/// <summary>Files as spreadsheets write them.</summary>
internal static class ImportFiles
{
    public const string Text = """<table:table-cell office:value-type="string"><text:p>{0}</text:p></table:table-cell>""";

    /// <param name="tables">The XML of each table's rows, by the table's name.</param>
    public static byte[] Ods(params (string Name, string Rows)[] tables) => OdsOf($"""
        <?xml version="1.0" encoding="UTF-8"?>
        <office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
         xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>{string.Concat(tables.Select(table =>
            $"""<table:table table:name="{table.Name}">{table.Rows}</table:table>"""))}</office:spreadsheet></office:body></office:document-content>
        """);

    public static byte[] OdsOf(string content) => Zip(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"u8.ToArray()), ("content.xml", Encoding.UTF8.GetBytes(content)));

    /// <summary>A row of text cells.</summary>
    public static string Row(params string[] cells) => $"<table:table-row>{string.Concat(cells.Select(cell => string.Format(null, CompositeText, cell)))}</table:table-row>";

    public static byte[] Csv(params (string Name, string Text)[] files) => Zip([.. files.Select(file => ($"{file.Name}.csv", Encoding.UTF8.GetBytes(file.Text)))]);

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return file.ToArray();
    }

    private static readonly CompositeFormat CompositeText = CompositeFormat.Parse(Text);
}
