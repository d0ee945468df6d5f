using System.Text;
using Directory.Import;

namespace Directory.Tests.Import;

public sealed class ReadFileTests
{
    private const string Manifest = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">""";

    [Theory]
    [InlineData("kode;nama\nA;\"Dinas; \"\"Baru\"\"\"\n", "A|Dinas; \"Baru\"")]
    [InlineData("kode,nama\r\nA,Dinas\r\n", "A|Dinas")]
    [InlineData("kode,nama\rA,Dinas\r", "A|Dinas")]
    [InlineData("kode\tnama\nA\tDinas", "A|Dinas")]
    [InlineData("\uFEFFkode;nama\n\n;\nA;\"dua\nbaris\"", "A|dua\nbaris")]
    [InlineData("sep=|\nkode|nama\nA|Dinas; Baru\n", "A|Dinas; Baru")]
    public void DIR_1_a_csv_is_read_as_spreadsheets_write_it(string text, string row) =>
        string.Join('|', Read(Encoding.UTF8.GetBytes(text), "unit").Rows[1].Cells.Select(cell => cell.Text)).ShouldBe(row);

    [Fact]
    public void DIR_1_a_csv_of_an_old_Windows_is_read() =>
        Read([.. "kode;nama\nA;Andr"u8, 0xE9], "unit").Rows[1].Cells[1].Text.ShouldBe("André");

    [Fact]
    public void DIR_1_the_text_for_Unicode_of_a_spreadsheet_is_read() =>
        Read([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("kode\tnama\r\nA\tAndré\r\n")], "unit").Rows[1].Cells[1].Text.ShouldBe("André");

    [Fact]
    public void DIR_1_a_csv_keeps_the_numbers_of_its_lines() =>
        Read(Encoding.UTF8.GetBytes("kode;nama\r\n\r\nA;\"dua\r\nbaris\"\r\nB;Dinas\r\n;\r\n"), "unit").Rows.Select(row => row.Number).ShouldBe([1, 3, 5]);

    [Theory]
    [InlineData("""<table:table-cell office:value-type="float" office:value="7"><text:p>007</text:p></table:table-cell>""", "007", false)]
    [InlineData("""<table:table-cell office:value-type="float" office:value="12"><text:p>12,00</text:p></table:table-cell>""", "12", false)]
    [InlineData("""<table:table-cell office:value-type="float" office:value="1.98503152010011E+17"><text:p>198503152010011000</text:p></table:table-cell>""", "198503152010011000", true)]
    [InlineData("""<table:table-cell office:value-type="string"><text:p>198503152010011004</text:p></table:table-cell>""", "198503152010011004", false)]
    [InlineData("""<table:table-cell office:value-type="date" office:date-value="2020-02-01T00:00:00"><text:p>1 Februari 2020</text:p></table:table-cell>""", "2020-02-01", false)]
    [InlineData("""<table:table-cell table:formula="of:=[.A1]" office:value-type="string" office:string-value="K1"><text:p>K1</text:p></table:table-cell>""", "K1", false)]
    [InlineData("""<table:table-cell table:formula="of:=[.X1]" office:value-type="string" office:string-value=""><text:p>#REF!</text:p></table:table-cell>""", "#REF!", false)]
    [InlineData("""<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell>""", "2", false)]
    [InlineData("""<table:table-cell office:value-type="string"><office:annotation><text:p>cek <text:s/> lagi</text:p></office:annotation><text:p>Dinas<text:s text:c="2"/>A</text:p></table:table-cell>""", "Dinas  A", false)]
    [InlineData("""<table:table-cell office:value-type="string"><text:p><text:span>Dinas</text:span> <text:span>Sosial</text:span></text:p></table:table-cell>""", "Dinas Sosial", false)]
    public void DIR_1_a_cell_of_a_spreadsheet_is_read_as_it_is_meant(string cell, string text, bool lostDigits) =>
        Read(ImportFiles.Ods(("unit", $"<table:table-row>{cell}</table:table-row>")), null).Rows[0].Cells[0].ShouldBe(new(text, lostDigits ? Cell.LostDigits : null));

    [Fact]
    public void DIR_1_rows_keep_their_numbers_and_what_is_repeated_to_the_edge_is_not_unfolded()
    {
        const string empty = """<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>""";
        const string rest = """<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>""";
        var sheet = Read(ImportFiles.Ods(("unit", ImportFiles.Row("kode", "nama") + empty + ImportFiles.Row("A", "Dinas") + rest)), null);
        sheet.Rows.Select(row => row.Number).ShouldBe([1, 5]);
        sheet.Rows[1].Cells.Select(cell => cell.Text).ShouldBe(["A", "Dinas"]);
    }

    [Fact]
    public void PLT_4_a_cell_without_end_and_cells_without_end_are_not_kept()
    {
        var wide = $"<table:table-row>{"""<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>A</text:p></table:table-cell>"""}</table:table-row>";
        Read(ImportFiles.Ods(("unit", wide)), null).Rows[0].Cells.Count.ShouldBe(Allowance.MostCells + 1);
        Read(ImportFiles.Ods(("unit", ImportFiles.Row(new string('A', 5_000_000)))), null).Rows[0].Cells[0].ShouldBe(new(new('A', Allowance.LongestCell), Cell.TooLong));
        var csv = Read(Encoding.UTF8.GetBytes($"kode;nama\nA;{new string('B', 5_000_000)}\n{new string(';', 5_000_000)}A"), "unit");
        csv.Rows[1].Cells[1].ShouldBe(new(new('B', Allowance.LongestCell), Cell.TooLong));
        csv.Rows[2].Cells.Count.ShouldBe(Allowance.MostCells + 1);
    }

    public static TheoryData<string, byte[], string, int?> Unreadable => new()
    {
        { "not a ZIP", [.. "PK\u0003\u0004 but nothing more"u8], "import-file", null },
        { "another ZIP", ImportFiles.Zip(("xl/workbook.xml", "<a/>"u8.ToArray())), "import-file", null },
        { "no XML", ImportFiles.OdsOf("<office"), "import-file", null },
        { "DTD", ImportFiles.OdsOf("""<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""), "import-file", null },
        { "entities", ImportFiles.OdsOf("""<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>"""), "import-file", null },
        { "depth", ImportFiles.OdsOf(Manifest + string.Concat(Enumerable.Repeat("<a>", 5_000_000))), "import-file", null },
        { "a tag without end", ImportFiles.OdsOf(Manifest + "<a " + string.Concat(Enumerable.Range(0, 500_000).Select(n => $"b{n}='' "))), "import-file", null },
        { "names without end", ImportFiles.OdsOf(Manifest + string.Concat(Enumerable.Range(0, 500_000).Select(n => $"<b{n}/>"))), "import-file", null },
        { "rows without end", ImportFiles.Ods(("unit", """<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string"><text:p>A</text:p></table:table-cell></table:table-row>""")), "import-too-large", 1 },
        { "empty rows without end", ImportFiles.Ods(("unit", string.Concat(Enumerable.Repeat("""<table:table-row table:number-rows-repeated="2000000"/>""", 1_100)))), "import-too-large", 10_000_001 },
        { "rows of all tables", ImportFiles.Ods([.. Enumerable.Range(0, 3).Select(n => ($"unit {n}", Repeated(ImportFiles.Row("A"), 90_000)))]), "import-too-large", 1 },
        { "letters of all tables", ImportFiles.Ods([.. Enumerable.Range(0, 3).Select(n => ($"unit {n}", Repeated(ImportFiles.Row(new string('A', 900)), 20_000)))]), "import-too-large", 1 },
        { "bomb", ImportFiles.Zip(("content.xml", new byte[100 * 1024 * 1024])), "import-too-large", null },
        { "two halves of a bomb", ImportFiles.Zip(("unit.csv", new byte[60 * 1024 * 1024]), ("jabatan.csv", new byte[60 * 1024 * 1024])), "import-too-large", null },
        { "open quotation mark", ImportFiles.Csv(("unit", "kode;nama\nA;\"Dinas\nB;Dinas\n")), "import-file", 2 },
        { "many entries", ImportFiles.Zip([.. Enumerable.Range(0, 300).Select(n => ($"{n}.csv", new byte[1]))]), "import-file", null },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void PLT_4_a_file_that_is_broken_or_unfolds_to_too_much_is_refused(string kind, byte[] file, string code, int? row)
    {
        var refusal = Should.Throw<UnreadableFileException>(() => ReadFile.Read(file, null, table => table.Rows.ToList().Clear()), kind);
        (refusal.Code, refusal.Row).ShouldBe((code, row), kind);
    }

    [Fact]
    public void DIR_1_the_hidden_files_of_a_Mac_are_no_tables()
    {
        var titles = new List<string>();
        ReadFile.Read(ImportFiles.Zip(("kota/unit.csv", "kode;nama\n"u8.ToArray()), ("__MACOSX/kota/._unit.csv", [0, 5, 22, 7])), null, table => titles.Add(table.Title));
        titles.ShouldBe(["unit"]);
    }

    [Fact]
    public void PLT_4_what_nobody_reads_is_not_unpacked()
    {
        var titles = new List<string>();
        ReadFile.Read(ImportFiles.Zip(("catatan.csv", new byte[100 * 1024 * 1024]), ("unit.csv", "kode;nama\n"u8.ToArray())), null, table => titles.Add(table.Title));
        ReadFile.Read(ImportFiles.Ods(("catatan", Repeated(ImportFiles.Row("A"), 1_000_000)), ("jabatan", ImportFiles.Row("kode"))), null, table => titles.Add(table.Title));
        titles.ShouldBe(["catatan", "unit", "catatan", "jabatan"]);
    }

    private static string Repeated(string row, int times) => row.Replace("<table:table-row>", $"""<table:table-row table:number-rows-repeated="{times}">""", StringComparison.Ordinal);

    /// <summary>The first table, whole.</summary>
    private static (string Title, List<RawRow> Rows) Read(byte[] file, string? sheet)
    {
        var tables = new List<(string, List<RawRow>)>();
        ReadFile.Read(file, sheet, table => tables.Add((table.Title, [.. table.Rows])));
        return tables[0];
    }
}
