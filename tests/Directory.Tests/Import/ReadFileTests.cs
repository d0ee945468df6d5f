using System.Text;
using Directory.Import;

namespace Directory.Tests.Import;

public sealed class ReadFileTests
{
    [Theory]
    [InlineData("kode;nama\nA;\"Dinas; \"\"Baru\"\"\"\n", "A|Dinas; \"Baru\"")]
    [InlineData("kode,nama\r\nA,Dinas\r\n", "A|Dinas")]
    [InlineData("kode\tnama\nA\tDinas", "A|Dinas")]
    [InlineData("\uFEFFkode;nama\n\n;\nA;\"dua\nbaris\"", "A|dua\nbaris")]
    public void DIR_1_a_csv_is_read_as_spreadsheets_write_it(string text, string row) =>
        string.Join('|', ReadFile.Read(Encoding.UTF8.GetBytes(text), "unit")[0].Rows[1].Cells.Select(cell => cell.Text)).ShouldBe(row);

    [Fact]
    public void DIR_1_a_csv_of_an_old_Windows_is_read() =>
        ReadFile.Read([.. "kode;nama\nA;Andr"u8, 0xE9], "unit")[0].Rows[1].Cells[1].Text.ShouldBe("André");

    [Theory]
    [InlineData("""<table:table-cell office:value-type="float" office:value="7"><text:p>007</text:p></table:table-cell>""", "007", false)]
    [InlineData("""<table:table-cell office:value-type="float" office:value="12"><text:p>12,00</text:p></table:table-cell>""", "12", false)]
    [InlineData("""<table:table-cell office:value-type="float" office:value="1.98503152010011E+17"><text:p>198503152010011000</text:p></table:table-cell>""", "198503152010011000", true)]
    [InlineData("""<table:table-cell office:value-type="string"><text:p>198503152010011004</text:p></table:table-cell>""", "198503152010011004", false)]
    [InlineData("""<table:table-cell office:value-type="date" office:date-value="2020-02-01T00:00:00"><text:p>1 Februari 2020</text:p></table:table-cell>""", "2020-02-01", false)]
    [InlineData("""<table:table-cell table:formula="of:=[.A1]" office:value-type="string" office:string-value="K1"><text:p>K1</text:p></table:table-cell>""", "K1", false)]
    [InlineData("""<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell>""", "2", false)]
    [InlineData("""<table:table-cell office:value-type="string"><office:annotation><text:p>cek lagi</text:p></office:annotation><text:p>Dinas<text:s text:c="2"/>A</text:p></table:table-cell>""", "Dinas  A", false)]
    public void DIR_1_a_cell_of_a_spreadsheet_is_read_as_it_is_meant(string cell, string text, bool lostDigits) =>
        ReadFile.Read(ImportFiles.Ods(("unit", $"<table:table-row>{cell}</table:table-row>")), null)[0].Rows[0].Cells[0].ShouldBe(new(text, lostDigits));

    [Fact]
    public void DIR_1_rows_keep_their_numbers_and_what_is_repeated_to_the_edge_is_not_unfolded()
    {
        const string empty = """<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>""";
        const string rest = """<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>""";
        var sheet = ReadFile.Read(ImportFiles.Ods(("unit", ImportFiles.Row("kode", "nama") + empty + ImportFiles.Row("A", "Dinas") + rest)), null)[0];
        sheet.Rows.Select(row => row.Number).ShouldBe([1, 5]);
        sheet.Rows[1].Cells.Select(cell => cell.Text).ShouldBe(["A", "Dinas"]);
    }

    public static TheoryData<string, byte[], string> Unreadable => new()
    {
        { "not a ZIP", [.. "PK\u0003\u0004 but nothing more"u8], "import-file" },
        { "no XML", ImportFiles.OdsOf("<office"), "import-file" },
        { "DTD", ImportFiles.OdsOf("""<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""), "import-file" },
        { "entities", ImportFiles.OdsOf("""<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>"""), "import-file" },
        { "rows without end", ImportFiles.Ods(("unit", """<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string"><text:p>A</text:p></table:table-cell></table:table-row>""")), "import-too-large" },
        { "bomb", ImportFiles.Zip(("content.xml", new byte[100 * 1024 * 1024])), "import-too-large" },
        { "open quotation mark", ImportFiles.Csv(("unit", "kode;nama\nA;\"Dinas\nB;Dinas\n")), "import-file" },
        { "many entries", ImportFiles.Zip([.. Enumerable.Range(0, 300).Select(n => ($"{n}.csv", new byte[1]))]), "import-file" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void PLT_4_a_file_that_is_broken_or_unfolds_to_too_much_is_refused(string kind, byte[] file, string code) =>
        Should.Throw<UnreadableFileException>(() => ReadFile.Read(file, null), kind).Code.ShouldBe(code);
}
