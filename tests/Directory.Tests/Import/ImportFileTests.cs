using System.Net;
using System.Text;
using Directory.Import;
using Directory.Tests.Testing;

namespace Directory.Tests.Import;

/// <summary>How a file is read: template, words, headers, cells, and what is hostile.</summary>
public sealed class ImportFileTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Imports = "/api/directory/imports";

    [Theory]
    [InlineData("id", "riwayat jabatan", "petunjuk", "Wakil Wali Kota", "Produsen Data")]
    [InlineData("en", "assignments", "notes", "RegionalSecretary", "DataProducer")]
    public async Task DIR_1_the_template_is_a_file_that_can_be_imported_and_lists_the_words_that_count(string language, string sheet, string notes, string kind, string role)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Imports}/template");
        request.Headers.AcceptLanguage.ParseAdd(language);
        var template = await (await directory.Administrator.SendAsync(request)).Content.ReadAsByteArrayAsync();
        var tables = new Dictionary<string, List<RawRow>>(StringComparer.Ordinal);
        ReadFile.Read(template, null, table => tables.Add(table.Title, [.. table.Rows]));
        tables.Keys.ShouldContain(sheet);
        Importing.Found(await directory.ImportAsync(template, dryRun: true)).ShouldBeEmpty();

        // Each word stands in a row of its own, and is understood.
        var words = tables[notes].Skip(1).ToDictionary(row => (Layout.Named(row.Cells[0].Text)!, Layout.Named(row.Cells[0].Text)!.IndexOf(row.Cells[1].Text)),
            row => row.Cells[3].Text.Split(", ", StringSplitOptions.RemoveEmptyEntries));
        words.Count.ShouldBe(Layout.All.Sum(layout => layout.Columns.Count));
        WordsOf(Layout.Positions, "kind").ShouldContain(kind);
        WordsOf(Layout.Accounts, "roles").ShouldContain(role);
        var p = DirectoryFixture.Fresh("X");
        string[] WordsOf(Layout layout, string column) => words[(layout, layout.PlaceOf(column))];
        string Rows(string header, Layout layout, string column, Func<string, int, string> row) => $"{header}\n{string.Concat(WordsOf(layout, column).Select((word, n) => $"{row(word, n)}\n"))}";
        Importing.Found(await directory.ImportAsync(ImportFiles.Csv(
            ("unit", Rows("kode;nama;sejak", Layout.Units, "since", (word, n) => $"{p}{n};Dinas;{word}")),
            ("jabatan", Rows("kode;nama jabatan;jenis;kode unit", Layout.Positions, "kind", (word, n) => $"{p}{n};Pejabat;{word};{p}0") + $"{p}ya;Staf;Staf;{p}0\n"),
            ("pejabat", Rows("nip;nama", Layout.Accounts, "roles", (_, n) => $"{p}{n};Budi")),
            ("riwayat jabatan", Rows("nip;kode jabatan;mulai;sampai;status;nomor sk", Layout.Assignments, "kind", (word, n) => $"{p}0;{p}{n};{WordsOf(Layout.Assignments, "from")[n % 3]};;{word};1/2020")),
            ("akun", Rows("nama pengguna;nip;peran", Layout.Accounts, "roles", (word, n) => $"{p}user{n};{p}{n};{word}"))), dryRun: true))
            // Bupati and Wali Kota are two words for a post of which there is one.
            .ShouldAllBe(found => found.EndsWith("jenis post-taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DIR_7_roles_are_understood_by_the_names_that_the_regulations_give_them()
    {
        var p = DirectoryFixture.Fresh("x");
        string[] written = ["Ketua, walidata", "Sekretaris Produsen Data", "AUDITOR", "chair;DataSteward", "Walidata Pendukung", "Sekretaris Daerah", "Bupati", "Kepala Dinas", "HeadOfUnit"];
        var file = ImportFiles.Csv(
            ("pejabat", "nip;nama\n" + string.Concat(written.Select((_, n) => $"{p}{n};Budi\n"))),
            ("akun", "nama pengguna;nip;peran\n" + string.Concat(written.Select((roles, n) => $"{p}user{n};{p}{n};\"{roles}\"\n"))));
        Importing.Found(await directory.ImportAsync(file, dryRun: true)).ShouldBe(
            ["akun 7 peran role-unknown", "akun 8 peran role-unknown", "akun 9 peran role-unknown", "akun 10 peran role-follows-position"]);

        var right = ImportFiles.Csv(
            ("pejabat", "nip;nama\n" + string.Concat(written.Take(5).Select((_, n) => $"{p}{n};Budi\n"))),
            ("akun", "nama pengguna;nip;peran\n" + string.Concat(written.Take(5).Select((roles, n) => $"{p}user{n};{p}{n};\"{roles}\"\n"))));
        (await directory.ImportAsync(right)).String("state").ShouldBe("Done");
        (await directory.ImportAsync(right)).GetProperty("rowsUnchanged").GetInt32().ShouldBe(10);
        string[] granted = ["Chair DataSteward", "DataProducer Secretary", "Auditor", "Chair DataSteward", "DataProducer"];
        foreach (var (n, roles) in granted.Index())
            (await directory.AccountNowAsync($"{p}user{n}")).GetProperty("roles").EnumerateArray().Select(role => role.GetString()).ShouldBe(roles.Split(' '));
    }

    [Theory]
    [InlineData("row", "number-rows-repeated", "1000000000000000000000000000000")]
    [InlineData("row", "number-rows-repeated", "-5")]
    [InlineData("cell", "number-columns-repeated", "0")]
    [InlineData("cell", "number-columns-repeated", "x")]
    public async Task DIR_1_rows_or_cells_that_are_repeated_no_number_of_times_are_refused_at_their_place(string part, string attribute, string times)
    {
        var p = DirectoryFixture.Fresh("X");
        var row = ImportFiles.Row($"{p}B", "Dinas").Replace($"<table:table-{part}", $"<table:table-{part} table:{attribute}=\"{times}\"", StringComparison.Ordinal);
        var refused = await directory.ImportAsync(ImportFiles.Ods(("unit", ImportFiles.Row("kode", "nama") + ImportFiles.Row($"{p}A", "Dinas") + row)));
        refused.String("state").ShouldBe("Refused");
        Importing.Found(refused).ShouldBe(["unit 3  import-repeated"]);
    }

    [Theory]
    [InlineData("kode;nama;warna\nA;Dinas;biru\n", "unit 1 warna import-column-unknown")]
    [InlineData("kode\nA\n", "unit 1 nama import-column-missing")]
    [InlineData("kode;kode;nama\nA;A;Dinas\n", "unit 1 kode import-twice")]
    public async Task DIR_1_a_header_is_understood_or_named(string file, string found) =>
        Importing.Found(await directory.ImportAsync(Encoding.UTF8.GetBytes(file), dryRun: true, "unit")).ShouldBe([found]);

    [Fact]
    public async Task DIR_1_a_wrong_header_is_named_and_no_row_is_read()
    {
        var rows = string.Concat(Enumerable.Repeat("salah satu;\n", 100));
        Importing.Found(await directory.ImportAsync(ImportFiles.Csv(("unit", $"kode;nama\n{rows}"), ("jabatan", $"kode;warna\n{rows}"), ("pejabat", $"nomor;nama\n{rows}")), dryRun: true)).ShouldBe(
            [
                "jabatan 1 warna import-column-unknown", "jabatan 1 nama jabatan import-column-missing", "jabatan 1 jenis import-column-missing",
                "jabatan 1 kode unit import-column-missing", "pejabat 1 nomor import-column-unknown", "pejabat 1 nip import-column-missing",
            ]);
    }

    [Fact]
    public async Task PLT_4_a_hostile_file_is_refused_by_sheet_and_row()
    {
        var before = await directory.CountsAsync();
        var many = ImportFiles.Row("A", "Dinas").Replace("<table:table-row>", """<table:table-row table:number-rows-repeated="1000000">""", StringComparison.Ordinal);
        var refused = await directory.ImportAsync(ImportFiles.Ods(("unit", ImportFiles.Row("kode", "nama") + many)));
        refused.String("state").ShouldBe("Refused");
        Importing.Found(refused).ShouldBe(["unit 2  import-too-large"]);
        Importing.Found(await directory.ImportAsync(Encoding.UTF8.GetBytes($"kode;nama\nA;{new string('B', 7_000_000)}\n"), sheet: "unit")).ShouldBe(["unit 2 nama import-cell-too-long"]);
        Importing.Found(await directory.ImportAsync(ImportFiles.Zip(("content.xml", new byte[100 * 1024 * 1024])))).ShouldBe(["   import-too-large"]);
        Importing.Found(await directory.ImportAsync(ImportFiles.OdsOf("""<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>"""))).ShouldBe(["   import-file"]);
        (await directory.CountsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task DIR_1_a_cell_below_no_header_is_a_problem_and_not_cut_off() =>
        Importing.Found(await directory.ImportAsync("nip,nama\nN1,Budi, S.Kom\n"u8.ToArray(), dryRun: true, "pejabat")).ShouldBe(["pejabat 2  import-cell-without-column"]);

    [Fact]
    public async Task DIR_1_cells_are_understood_as_people_write_them()
    {
        var p = DirectoryFixture.Fresh("X");
        var number = $"198503152010{int.Parse(p[1..], System.Globalization.CultureInfo.InvariantCulture):000000}";
        var done = await directory.ImportAsync(ImportFiles.Csv(
            ("unit", $"kode;nama\n{p};Dinas\n"),
            ("jabatan", $"kode;nama jabatan;jenis;kode unit;tanda tangan\n{p}J;Kepala;Kepala;{p};Ya\n{p}K;Staf;Staf;{p};tidak\n{p}L;Staf;Staf;{p};\n"),
            ("pejabat", $"nip;nama\n{number[..8]} {number[8..14]} {number[14..15]} {number[15..]};Budi\n"),
            ("riwayat jabatan", $"nip;kode jabatan;mulai;sampai\n{number};{p}J;1 Agustus 2015;17-Ags-2016\n{number};{p}J;2 Nopember 2016;\n")));

        done.String("state").ShouldBe("Done", done.ToString());
        (await directory.ItemsAsync($"positions?unitCode={p}")).Select(position => position.GetProperty("signsDocuments").GetBoolean()).ShouldBe([true, false, false]);
        (await directory.ItemsAsync($"assignments?employeeNumber={number}")).Select(held => held.GetProperty("from").GetDateTimeOffset())
            .ShouldBe([new(2016, 11, 1, 17, 0, 0, TimeSpan.Zero), new(2015, 7, 31, 17, 0, 0, TimeSpan.Zero)]);
        Importing.Found(await directory.ImportAsync(Encoding.UTF8.GetBytes($"kode;nama jabatan;jenis;kode unit;tanda tangan\n{p}J;Kepala;Kepala;{p};tidak\n{p}M;Staf;Staf;{p};mungkin\n"), true, "jabatan"))
            .ShouldBe(["jabatan 2 tanda tangan import-differs", "jabatan 3 tanda tangan import-yes-or-no"]);
    }

    [Fact]
    public async Task DIR_1_what_is_no_file_is_refused()
    {
        Importing.Found(await directory.ImportAsync([1, 2, 3], dryRun: true)).ShouldBe(["   import-file"]);
        Importing.Found(await directory.ImportAsync(ImportFiles.Csv(("catatan", "a;b\n")), dryRun: true)).ShouldBe(["   import-no-sheet"]);
        await (await directory.PostImportAsync([], true, null)).ShouldNameAsync("body");
        await (await directory.PostImportAsync([1], true, "raja")).ShouldNameAsync("sheet");
    }

    [Fact]
    public async Task PLT_4_a_file_larger_than_8_MiB_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Imports}?dryRun=true")
        {
            Content = new ByteArrayContent(new byte[ReadFile.Largest + 1]),
            // Hears the refusal instead of a closed connection.
            Headers = { ExpectContinue = true },
        };
        (await directory.Administrator.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        await directory.ImportAsync(new byte[ReadFile.Largest / 2], dryRun: true);
    }
}
