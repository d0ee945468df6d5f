using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.Options;
using ServiceDefaults.Documents;

namespace ServiceDefaults.Tests.Documents;

public sealed class SpreadsheetTests
{
    private static readonly Sheet[] Sheets =
    [
        new("Angka", "Judul & \"kutip\"", [("Unit", 6), ("Jumlah", 2.2)],
            [["=1+1", 1234L], ["Dinas\u0001 <b>", null], ["Waktu", TimeSpan.FromSeconds(90061)], ["Saat", new DateTimeOffset(2026, 11, 21, 7, 5, 0, TimeSpan.FromHours(7))]]),
        new("Kosong", "Tanpa baris", [("A", 3)], []),
    ];

    [Fact]
    public void TIK_16_a_spreadsheet_is_an_open_document_that_starts_with_its_kind()
    {
        var file = Spreadsheet.Write(Sheets);
        Encoding.ASCII.GetString(file, 30, 8).ShouldBe("mimetype");
        Encoding.ASCII.GetString(file, 38, Spreadsheet.ContentType.Length).ShouldBe(Spreadsheet.ContentType);
        file.ShouldBe(Spreadsheet.Write(Sheets));
    }

    [Fact]
    public void TIK_16_text_stays_text_and_numbers_are_numbers()
    {
        using var zip = new ZipArchive(new MemoryStream(Spreadsheet.Write(Sheets)));
        using var content = zip.GetEntry("content.xml")!.Open();
        var xml = XDocument.Load(content);
        XNamespace office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
        XNamespace table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
        xml.Descendants().Attributes(table + "formula").ShouldBeEmpty();
        var cells = xml.Descendants(table + "table-cell").ToList();
        cells.Single(cell => cell.Value == "=1+1").Attribute(office + "value-type")!.Value.ShouldBe("string");
        cells.Single(cell => cell.Value == "1234").Attribute(office + "value")!.Value.ShouldBe("1234");
        cells.Single(cell => cell.Value == "25:01:01").Attribute(office + "time-value")!.Value.ShouldBe("P1DT1H1M1S");
        cells.Single(cell => cell.Value == "21-11-2026 07:05").Attribute(office + "date-value")!.Value.ShouldBe("2026-11-21T07:05:00");
        cells.ShouldContain(cell => cell.Value == "Dinas <b>");
    }

    [Fact]
    public async Task SMS_11_LibreOffice_prints_it_as_PDF()
    {
        using var printer = new PdfPrinter(Options.Create(new PrintingOptions()));
        var printed = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => printer.PrintAsync(Spreadsheet.Write(Sheets), "ods", TestContext.Current.CancellationToken)));
        foreach (var pdf in printed)
            Encoding.ASCII.GetString(pdf, 0, 5).ShouldBe("%PDF-");
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public async Task SMS_11_a_printer_that_is_not_there_or_hangs_is_told_and_can_be_tried_again()
    {
        using var missing = new PdfPrinter(Options.Create(new PrintingOptions { Program = "/nowhere/soffice" }));
        (await Should.ThrowAsync<PrintingException>(() => missing.PrintAsync([1], "ods", TestContext.Current.CancellationToken))).Message.ShouldContain("libreoffice-calc-nogui");

        var folder = System.IO.Directory.CreateTempSubdirectory().FullName;
        var hanging = Path.Combine(folder, "soffice");
        await File.WriteAllTextAsync(hanging, "#!/bin/sh\nsleep 1000\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(hanging, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var slow = new PdfPrinter(Options.Create(new PrintingOptions { Program = hanging, Limit = TimeSpan.FromMilliseconds(200) }));
        await Should.ThrowAsync<PrintingException>(() => slow.PrintAsync([1], "ods", TestContext.Current.CancellationToken));
        System.IO.Directory.Delete(folder, recursive: true);
    }
}
