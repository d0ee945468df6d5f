using System.Text;
using Directory.Tests.Testing;

namespace Directory.Tests.Import;

/// <summary>One dry run, and the clerk knows all that he has to mend.</summary>
public sealed class ImportFindingsTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task DIR_1_a_row_is_told_its_own_faults_also_when_the_row_that_it_names_is_wrong()
    {
        var (p, closed) = (DirectoryFixture.Fresh("X"), await directory.PositionAsync());
        await directory.PostAsync($"positions/{closed.Id()}/close", new { version = 1 }).DoneAsync();
        var tried = await directory.ImportAsync(ImportFiles.Csv(
            ("unit", $"kode;nama;kode induk;sejak\n{p}A;Dinas;;\n{p}B;;TIDAKADA;\n{p}C;;{p}D;\n{p}D;Dinas;{p}C;\n{p}E;Dinas;{p}B;\n"),
            ("jabatan", $"kode;nama jabatan;jenis;kode unit;kata kunci\n{p}J;Kepala;Kepala;{p}B;{p}K\n{p}K;Kepala;Raja;{p}A;{p}K\n{p}L;Kepala;Kepala;{p}E;\n"),
            ("pejabat", $"nip;nama;nomor hp;id pengirim\n{p}1;Siti;12;{p}\n{p}2;Budi;;{p}\n{p}2;Budi;;{p}\n"),
            ("riwayat jabatan", $"""
                nip;kode jabatan;mulai;sampai;status;nomor sk
                {p}2;{p}J;1/1/1985;1/1/1987;;
                {p}1;{p}J;1/1/1986;1/1/1988;;
                {p}1;{closed.String("code")};1/1/1990;;;
                {p}1;{closed.String("code")};1/1/1990;1/1/1989;;
                {p}1;{p}K;1/1/2000;;Plt;
                {p}2;{p}K;1/1/2001;;Plh;1/2001
                {p}1;{p}L;1/1/2001;1/1/2002;;
                {p}1;{p}L;1/1/2001;1/1/2003;;
                {p}3;{p}L;1/1/2001;;;

                """),
            ("akun", $"nama pengguna;nip;peran\nadmin;{p}1;\n{p}siti;{p}1;Raja\n{p}siti2;{p}1;\nadmin;{p}2;\n")), dryRun: true);

        Importing.Found(tried).ShouldBe(
        [
            "unit 3 nama empty", "unit 3 kode induk unit-unknown", "unit 4 nama empty", "unit 4 kode induk unit-below-itself", "unit 5 kode induk unit-below-itself",
            "jabatan 3 jenis import-kind", "jabatan 3 kata kunci keyword-taken",
            "pejabat 2 nomor hp notice-phone", "pejabat 3 id pengirim sender-id-taken", "pejabat 4 nip import-twice",
            "riwayat jabatan 3 mulai position-held", "riwayat jabatan 4 kode jabatan position-closed", "riwayat jabatan 5 sampai assignment-end",
            "riwayat jabatan 6 nomor sk order-number-missing", "riwayat jabatan 7 mulai position-held", "riwayat jabatan 9 mulai import-twice", "riwayat jabatan 10 nip official-unknown",
            "akun 2 nama pengguna user-login-taken", "akun 3 peran role-unknown", "akun 4 nip official-has-account", "akun 5 nama pengguna import-twice",
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task DIR_1_nothing_is_older_than_the_unit_or_position_that_it_belongs_to()
    {
        var p = DirectoryFixture.Fresh("X");
        byte[] City(int below, int post, int held) => ImportFiles.Csv(
            ("unit", $"kode;nama;kode induk;sejak\n{p}B;Bidang;{p}A;1/1/{below}\n{p}A;Dinas;;1/1/2020\n{p}C;Dinas;;\n{p}D;Dinas;;kemarin\n"),
            ("jabatan", $"kode;nama jabatan;jenis;kode unit;sejak\n{p}J;Kepala;Kepala;{p}A;1/1/{post}\n{p}K;Staf;Staf;{p}A;\n{p}L;Staf;Staf;{p}C;1/1/{post}\n{p}M;Staf;Staf;{p}D;1/1/2000\n"),
            ("pejabat", $"nip;nama\n{p}00001;Budi\n"),
            ("riwayat jabatan", $"nip;kode jabatan;mulai;sampai\n{p}00001;{p}J;1/1/{held};\n{p}00001;{p}K;1/1/1990;1/1/1991\n"));
        var tried = await directory.ImportAsync(City(below: 2010, post: 2019, held: 2018), dryRun: true);

        Importing.Found(tried).ShouldBe(
        [
            "unit 5 sejak import-date", "unit 2 sejak since", "jabatan 2 sejak since", "jabatan 4 sejak since", "riwayat jabatan 2 mulai since",
        ], ignoreOrder: true);
        tried.ToString().ShouldContain("lebih awal");
    }

    [Fact]
    public async Task DIR_1_an_import_is_held_against_since_when_units_and_positions_were_said_to_be_there()
    {
        var (p, unit, post) = (DirectoryFixture.Fresh("X"), await directory.UnitAsync(), await directory.PositionAsync());
        var file = ImportFiles.Csv(
            ("unit", $"kode;nama;sejak\n{p}A;Dinas;1/1/2020\n"),
            ("jabatan", $"kode;nama jabatan;jenis;kode unit;sejak\n{p}J;Kepala;Kepala;{p}A;1/1/2020\n{p}K;Staf;Staf;{p}A;\n"),
            ("pejabat", $"nip;nama\n{p}00001;Budi\n"));
        (await directory.ImportAsync(file)).String("state").ShouldBe("Done");

        Importing.Found(await directory.ImportAsync(ImportFiles.Csv(
            ("unit", $"kode;nama;kode induk;sejak\n{p}B;Bidang;{unit.String("code")};1/1/2020\n{p}C;Bidang;{p}A;1/1/2019\n"),
            ("riwayat jabatan", $"nip;kode jabatan;mulai;sampai\n{p}00001;{p}J;1/1/2019;1/1/2020\n")), dryRun: true))
            .ShouldBe(["unit 2 sejak since", "unit 3 sejak since", "riwayat jabatan 2 mulai since"]);
        // Nobody has said since when these are there: who held them before is history that can still be taken over.
        (await directory.ImportAsync(Encoding.UTF8.GetBytes(
            $"nip;kode jabatan;mulai;sampai\n{p}00001;{p}K;1/1/2000;1/1/2001\n{p}00001;{post.String("code")};1/1/2001;1/1/2002\n{p}00001;{p}J;1/1/2020;\n"), sheet: "riwayat jabatan"))
            .String("state").ShouldBe("Done");
    }

    [Fact]
    public async Task DIR_4_a_word_that_rests_is_told_from_one_in_use_and_one_that_was_cancelled_is_free()
    {
        var p = DirectoryFixture.Fresh("X");
        var (post, official) = (await directory.PositionAsync($"{p}A"), await directory.OfficialAsync(senderId: $"{p}A"));
        // What ends where it begins does not rest.
        await directory.AdvanceAsync(TimeSpan.FromMinutes(1));
        var later = directory.Clock.GetUtcNow().AddDays(9);
        await directory.PutAsync($"positions/{post.Id()}/keyword", new { version = 1, keyword = $"{p}B" }).DoneAsync();
        await directory.PutAsync($"positions/{post.Id()}/keyword", new { version = 2, keyword = $"{p}C", from = later }).DoneAsync();
        await directory.PutAsync($"positions/{post.Id()}/keyword", new { version = 3, keyword = $"{p}D", from = later }).DoneAsync();
        await directory.PutAsync($"officials/{official.Id()}/sender-id", new { version = official.Version(), senderId = $"{p}B" }).DoneAsync();
        await directory.PutAsync($"officials/{official.Id()}/sender-id", new { version = official.Version() + 1, senderId = $"{p}C", from = later }).DoneAsync();
        await directory.PutAsync($"officials/{official.Id()}/sender-id", new { version = official.Version() + 2, senderId = $"{p}D", from = later }).DoneAsync();
        var unit = (await directory.UnitAsync()).String("code");

        Importing.Found(await directory.ImportAsync(ImportFiles.Csv(
            ("jabatan", "kode;nama jabatan;jenis;kode unit;kata kunci\n" + string.Concat("ABCD".Select(word => $"{p}{word};Staf;Staf;{unit};{p}{word}\n"))),
            ("pejabat", "nip;nama;id pengirim\n" + string.Concat("ABCD".Select(word => $"{p}{word};Budi;{p}{word}\n")))), dryRun: true)).ShouldBe(
        [
            "jabatan 2 kata kunci keyword-rests", "jabatan 3 kata kunci keyword-taken", "jabatan 5 kata kunci keyword-taken",
            "pejabat 2 id pengirim sender-id-rests", "pejabat 3 id pengirim sender-id-taken", "pejabat 5 id pengirim sender-id-taken",
        ]);
        (await directory.ImportAsync(ImportFiles.Csv(
            ("jabatan", $"kode;nama jabatan;jenis;kode unit;kata kunci\n{p}C;Staf;Staf;{unit};{p}C\n"), ("pejabat", $"nip;nama;id pengirim\n{p}C;Budi;{p}C\n")))).String("state").ShouldBe("Done");
    }
}
