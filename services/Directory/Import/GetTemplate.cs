using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Directory.Import;

/// <summary>
/// An empty spreadsheet with every sheet and column, and one with the words that count in them, in the language of the request. Its cells are text, so that employee numbers
/// keep their digits.
/// </summary>
public static class GetTemplate
{
    private const string MediaType = "application/vnd.oasis.opendocument.spreadsheet";
    private const string Namespaces = """
        xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
        xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3"
        """;

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/imports/template", Handle).WithName(nameof(GetTemplate))
        .Produces(StatusCodes.Status200OK, contentType: MediaType);

    private static FileContentHttpResult Handle()
    {
        var isEnglish = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        return TypedResults.File(Write(isEnglish), MediaType, isEnglish ? "organisation.ods" : "organisasi.ods");
    }

    private static byte[] Write(bool isEnglish)
    {
        var content = new StringBuilder($"""
            <?xml version="1.0" encoding="UTF-8"?>
            <office:document-content {Namespaces}><office:automatic-styles><number:text-style style:name="N1"><number:text-content/></number:text-style>
            <style:style style:name="text" style:family="table-cell" style:data-style-name="N1"/></office:automatic-styles><office:body><office:spreadsheet>
            """);
        foreach (var layout in Layout.All)
            Add(content, TitleOf(layout), [layout.Columns.Select(HeaderOf)]);
        Add(content, isEnglish ? "notes" : "petunjuk",
        [
            isEnglish ? ["sheet", "column", "needed", "words that count"] : ["lembar", "kolom", "wajib", "isian yang dikenal"],
            .. Layout.All.SelectMany(layout => layout.Columns.Select(column => (IEnumerable<string>)
                [TitleOf(layout), HeaderOf(column), column.IsRequired ? isEnglish ? "yes" : "ya" : "", string.Join(", ", WordsOf(column))])),
        ]);
        content.Append("</office:spreadsheet></office:body></office:document-content>");
        var manifest = $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
            <manifest:file-entry manifest:full-path="/" manifest:media-type="{MediaType}"/>
            <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>
            """;
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            // The first entry, and not compressed: so a file is known by its first bytes (ODF 1.3 part 2, 3.3).
            Add(zip, "mimetype", MediaType, CompressionLevel.NoCompression);
            Add(zip, "content.xml", content.ToString(), CompressionLevel.Optimal);
            Add(zip, "META-INF/manifest.xml", manifest, CompressionLevel.Optimal);
        }

        return file.ToArray();

        string TitleOf(Layout layout) => isEnglish ? layout.Name : layout.Indonesian;
        string HeaderOf(Column column) => isEnglish ? column.Name : column.Indonesian;
        IEnumerable<string> WordsOf(Column column) => (column.Words ?? []).Select(word => isEnglish ? word.Name : word.Indonesian).Distinct(StringComparer.Ordinal);
    }

    private static void Add(StringBuilder content, string title, IEnumerable<IEnumerable<string>> rows)
    {
        content.Append(CultureInfo.InvariantCulture, $"""<table:table table:name="{SecurityElement.Escape(title)}">""")
            .Append("""<table:table-column table:number-columns-repeated="16" table:default-cell-style-name="text"/>""");
        foreach (var row in rows)
        {
            content.Append("<table:table-row>");
            foreach (var cell in row)
                content.Append(CultureInfo.InvariantCulture, $"""<table:table-cell office:value-type="string"><text:p>{SecurityElement.Escape(cell)}</text:p></table:table-cell>""");
            content.Append("</table:table-row>");
        }

        content.Append("</table:table>");
    }

    private static void Add(ZipArchive zip, string name, string text, CompressionLevel level)
    {
        using var entry = zip.CreateEntry(name, level).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }
}
