using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;

namespace Directory.Tests.Import;

public sealed class ImportTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Imports = "/api/directory/imports";

    [Fact]
    public async Task DIR_1_an_organisation_is_taken_over_from_a_file_and_every_service_hears_of_it()
    {
        var city = City();
        var done = await directory.ImportAsync(city.File);

        done.String("state").ShouldBe("Done", done.ToString());
        done.GetProperty("rowsAdded").GetInt32().ShouldBe(8);
        var unit = await directory.Bus.GetAsync<OrganisationPublished>(told => told.Units.Any(unit => unit.Code == $"{city.Prefix}B"));
        unit.Units.Select(told => told.Code).ShouldBe([$"{city.Prefix}A", $"{city.Prefix}B"]);
        var told = await directory.Bus.GetAsync<OrganisationPublished>(told => told.Assignments.Count == 2);
        // Midnight in the city.
        told.Assignments.Select(held => held.From).ShouldBe([new DateTimeOffset(2014, 12, 31, 17, 0, 0, TimeSpan.Zero), new(2019, 12, 31, 17, 0, 0, TimeSpan.Zero)]);
        (await directory.Bus.GetAsync<ContactsPublished>(told => told.Contacts.Any(contact => contact.NoticePhone == city.Number))).ShouldNotBeNull();
        (await directory.Administrator.GetStringAsync($"/api/directory/officials?employeeNumber={city.Prefix}00001")).ShouldContain("Budi");

        var trail = await directory.Administrator.GetStringAsync($"/api/directory/audit?subjectId={done.Id()}");
        trail.ShouldContain(Convert.ToHexStringLower(SHA256.HashData(city.File)));
        (await directory.Database.ScalarAsync<bool>($"select content is null from organisation_import where id = '{done.Id()}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task DIR_1_the_same_file_again_changes_nothing()
    {
        var city = City();
        await directory.ImportAsync(city.File);
        var before = await directory.CountsAsync();

        var again = await directory.ImportAsync(city.File);

        again.String("state").ShouldBe("Done");
        again.GetProperty("rowsAdded").GetInt32().ShouldBe(0);
        again.GetProperty("rowsUnchanged").GetInt32().ShouldBe(8);
        (await directory.CountsAsync()).ShouldBe(before);
        (await directory.Database.ScalarAsync<long>($"select max(version) from unit where code like '{city.Prefix}%'")).ShouldBe(1);
    }

    [Fact]
    public async Task DIR_1_a_dry_run_lists_every_problem_by_sheet_row_and_column_and_changes_nothing()
    {
        var p = DirectoryFixture.Fresh("X");
        var before = await directory.CountsAsync();
        var tried = await directory.ImportAsync(ImportFiles.Csv(
            ("unit", $"kode;nama;kode induk\n{p}A;Dinas;{p}B\n{p}B;Dinas;{p}A\n{p}C;;\n{p}D;Dinas;TIDAKADA\n"),
            ("jabatan", $"kode;nama jabatan;jenis;kode unit;kata kunci\n{p}J;Kepala;Raja;{p}A;\n{p}K;Kepala;Kepala;{p}A;STOP\n{p}L;Kepala;Staf;{p}A;\n{p}L;Kepala;Staf;{p}A;\n"),
            ("pejabat", $"nip;nama;nomor hp\n{p}1;Siti;12\n{p}2;Budi;\n1,98503E+17;Budi;\n"),
            ("riwayat jabatan", $"nip;kode jabatan;mulai;sampai\n{p}2;{p}L;1/1/2020;1/1/2022\n{p}2;{p}L;1/6/2021;\n{p}2;{p}L;31/2/2020;\n{p}2;{p}L;1/1/2019;1/1/2018\n{p}9;{p}L;1/1/2023;\n"),
            ("akun", $"nama pengguna;nip;peran\n{p}user;{p}2;Raja\nx;;\n{p}nobody;;Chair\n")), dryRun: true);

        tried.String("state").ShouldBe("Done");
        Importing.Found(tried).ShouldBe(
        [
            "unit 4 nama empty", "unit 5 kode induk unit-unknown", "unit 2 kode induk unit-below-itself", "unit 3 kode induk unit-below-itself",
            "jabatan 2 jenis import-kind", "jabatan 3 kata kunci keyword-reserved", "jabatan 5 kode import-twice",
            "pejabat 4 nip import-lost-digits", "pejabat 2 nomor hp notice-phone",
            "riwayat jabatan 4 mulai import-date", "riwayat jabatan 5 sampai assignment-end", "riwayat jabatan 6 nip official-unknown", "riwayat jabatan 3 mulai position-held",
            "akun 2 peran role-unknown", "akun 3 nama pengguna value", "akun 4 peran role-needs-official",
        ], ignoreOrder: true);
        tried.GetProperty("problems").EnumerateArray().Select(problem => problem.String("text")).ShouldAllBe(text => !text.StartsWith("problem.", StringComparison.Ordinal));
        (await directory.CountsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task DIR_1_a_row_is_blamed_for_all_that_is_wrong_with_it_and_for_nothing_else()
    {
        var p = DirectoryFixture.Fresh("X");
        Importing.Found(await directory.ImportAsync(ImportFiles.Csv(
            ("unit", $"kode;nama;kode induk;sejak\nsalah satu;Dinas;salah dua;kapan\n{p}A;;;\n"),
            ("jabatan", $"kode;nama jabatan;jenis;kode unit;tanda tangan\n{p}J;Kepala;Raja;TIDAKADA;mungkin\n{p}K;Kepala;Kepala;{p}A;\n"),
            ("pejabat", $"nip;nama;nomor hp;id pengirim\n{p}1;Siti;12;TERLALUPANJANG\n"),
            ("riwayat jabatan", $"nip;kode jabatan;mulai;sampai;status\n{p}1;{p}J;1/1/2020;;\n{p}1;{p}K;1/1/2020;;\n{p}2;{p}L;besok;lusa;Raja\n"),
            ("akun", $"nama pengguna;nip;peran\n{p}siti;{p}1;\n?;{p}2;Raja\n")), dryRun: true)).ShouldBe(
        [
            "unit 2 kode value", "unit 2 kode induk value", "unit 2 sejak import-date", "unit 3 nama empty",
            "jabatan 2 jenis import-kind", "jabatan 2 tanda tangan import-yes-or-no", "jabatan 2 kode unit unit-unknown",
            "pejabat 2 nomor hp notice-phone", "pejabat 2 id pengirim sender-id",
            "riwayat jabatan 4 mulai import-date", "riwayat jabatan 4 sampai import-date", "riwayat jabatan 4 status value",
            "riwayat jabatan 4 nip official-unknown", "riwayat jabatan 4 kode jabatan position-unknown",
            "akun 3 nama pengguna value", "akun 3 peran role-unknown", "akun 3 nip official-unknown",
        ]);
    }

    [Fact]
    public async Task DIR_1_one_wrong_row_and_nothing_is_taken_over()
    {
        var p = DirectoryFixture.Fresh("X");
        var before = await directory.CountsAsync();
        var refused = await directory.ImportAsync(ImportFiles.Csv(("units", $"code,name,parentCode\n{p}A,Dinas,\n{p}B,Dinas,TIDAKADA\n")));
        refused.String("state").ShouldBe("Refused");
        refused.GetProperty("rowsAdded").GetInt32().ShouldBe(0);
        Importing.Found(refused).ShouldBe(["units 3 parentCode unit-unknown"]);
        (await directory.CountsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task DIR_1_what_was_changed_since_is_not_undone_by_an_old_file()
    {
        var city = City();
        await directory.ImportAsync(city.File);
        var unit = (await directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/units?code={city.Prefix}A")).GetProperty("items")[0];
        (await directory.Administrator.PatchAsJsonAsync($"/api/directory/units/{unit.Id()}", new { version = 1, name = "Dinas Baru" })).EnsureSuccessStatusCode();
        var refused = await directory.ImportAsync(city.File);
        refused.String("state").ShouldBe("Refused");
        Importing.Found(refused).ShouldBe(["unit 2 nama import-differs"]);
    }

    [Fact]
    public async Task DIR_1_every_problem_is_listed_page_by_page_in_the_order_of_the_file()
    {
        var tried = await directory.ImportAsync(Encoding.UTF8.GetBytes("kode;nama\n" + string.Concat(Enumerable.Range(0, 1_200).Select(n => $"salah {n};Dinas\n"))), dryRun: true, "unit");
        tried.GetProperty("problemsTotal").GetInt32().ShouldBe(1_200);
        tried.GetProperty("problems").GetArrayLength().ShouldBe(50);

        var (rows, cursor) = (new List<int>(), (string?)"");
        while (cursor is not null)
        {
            var page = await directory.GetAsync($"imports/{tried.Id()}/problems?cursor={cursor}");
            rows.AddRange(page.GetProperty("items").EnumerateArray().Select(problem => problem.GetProperty("row").GetInt32()));
            cursor = page.GetProperty("next").GetString();
        }

        rows.ShouldBe(Enumerable.Range(2, 1_200));
        await (await directory.Administrator.GetAsync($"{Imports}/{tried.Id()}/problems?cursor=salah")).ShouldNameAsync("cursor");
        (await directory.Administrator.GetAsync($"{Imports}/{Guid.CreateVersion7()}/problems")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task DIR_1_what_was_wrong_with_a_file_is_forgotten_after_90_days()
    {
        var tried = await directory.ImportAsync("kode;nama\nsalah satu;Dinas\n"u8.ToArray(), dryRun: true, "unit");
        await directory.Database.ExecuteAsync($"update organisation_import set finished_at = finished_at - interval '91 days' where id = '{tried.Id()}'");
        var later = await directory.ImportAsync("kode;nama\nsalah satu;Dinas\n"u8.ToArray(), dryRun: true, "unit");
        (await directory.ItemsAsync($"imports/{tried.Id()}/problems")).ShouldBeEmpty();
        (await directory.ItemsAsync($"imports/{later.Id()}/problems")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task DIR_1_whoever_installs_the_platform_can_import_before_anybody_can_sign_in()
    {
        var city = City();
        await File.WriteAllBytesAsync(directory.ImportFile, city.File);
        (await directory.RunVerbAsync("--import")).ShouldBe(0);
        (await directory.Database.ScalarAsync<long>($"select count(*) from unit where code like '{city.Prefix}%'")).ShouldBe(2);
        await File.WriteAllBytesAsync(directory.ImportFile, ImportFiles.Csv(("unit", "kode;nama\n;\nsalah satu;Dinas\n")));
        (await directory.RunVerbAsync("--import")).ShouldBe(1);
    }

    [Fact]
    public async Task DIR_1_an_import_goes_on_after_the_database_was_lost()
    {
        var p = DirectoryFixture.Fresh("X");
        var file = Encoding.UTF8.GetBytes("kode;nama;kode induk\n" + string.Concat(Enumerable.Range(0, 3_000).Select(n => $"{p}-{n};Dinas {n};\n")));
        var started = await directory.StartImportAsync(file, dryRun: false, "unit");
        await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>($"select rows_done > 0 or state = 'Done' from organisation_import where id = '{started.Id()}'"));
        directory.DatabaseLink.Cut();
        directory.DatabaseLink.Mend();

        await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>($"select state = 'Done' from organisation_import where id = '{started.Id()}'"));
        (await directory.Database.ScalarAsync<long>($"select count(*) from unit where code like '{p}-%'")).ShouldBe(3_000);
    }

    [Fact]
    public async Task DIR_1_imports_are_listed_newest_first_page_by_page()
    {
        var taken = await directory.ImportAsync(City().File);
        await directory.Database.ExecuteAsync($"""
            insert into organisation_import (id, is_dry_run, sha256, actor, created_at, state, rows_done, rows_added, rows_unchanged, findings_total)
            select gen_random_uuid(), true, sha256('a'), 'test', '2020-01-01Z'::timestamptz + (n / 3) * interval '1 minute', 'Refused', 0, 0, 0, 1 from generate_series(1, 120) n
            """);
        var tried = await directory.ImportAsync("kode;nama\nsalah satu;Dinas\n"u8.ToArray(), dryRun: true, "unit");

        var (listed, cursor) = (new List<JsonElement>(), (string?)"");
        while (cursor is not null)
        {
            var page = await directory.GetAsync($"imports?cursor={cursor}");
            page.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(50);
            listed.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString();
        }

        listed.Count.ShouldBe((int)await directory.Database.ScalarAsync<long>("select count(*) from organisation_import"));
        listed.Select(import => import.Id()).ShouldBeUnique();
        listed.Select(import => import.GetProperty("createdAt").GetDateTimeOffset()).ShouldBeInOrder(SortDirection.Descending);
        var shown = listed.Single(import => import.Id() == tried.Id());
        (shown.String("state"), shown.GetProperty("isDryRun").GetBoolean(), shown.GetProperty("problemsTotal").GetInt32()).ShouldBe(("Done", true, 1));
        shown = listed.Single(import => import.Id() == taken.Id());
        (shown.String("state"), shown.GetProperty("rowsAdded").GetInt32(), shown.String("sha256")).ShouldBe(("Done", 8, taken.String("sha256")));
        await (await directory.Administrator.GetAsync($"{Imports}?cursor=salah")).ShouldNameAsync("cursor");
    }

    [Fact]
    public async Task DIR_1_what_the_file_knows_since_when_is_shown_as_of_then()
    {
        var p = DirectoryFixture.Fresh("X");
        var file = ImportFiles.Csv(
            ("unit", $"kode;nama;kode induk;sejak\n{p}A;Kota;;1/1/2006\n{p}B;Dinas;{p}A;1/7/2010\n{p}C;Dinas;{p}A;\n"),
            ("jabatan", $"kode;nama jabatan;jenis;kode unit;sejak\n{p}J;Kepala;Kepala;{p}B;1/7/2010\n"),
            ("pejabat", $"nip;nama\n{p}00001;Budi\n"),
            ("riwayat jabatan", $"nip;kode jabatan;mulai\n{p}00001;{p}J;1/7/2010\n"));
        var done = await directory.ImportAsync(file);

        done.String("state").ShouldBe("Done", done.ToString());
        (await UnitsAsync("2006-01-01")).ShouldBe([$"{p}A"]);
        (await UnitsAsync("2010-07-01")).ShouldBe([$"{p}A", $"{p}B"]);
        (await directory.ItemsAsync($"units?below={p}A")).Select(unit => unit.String("code")).ShouldBe([$"{p}A", $"{p}B", $"{p}C"]);
        (await directory.ItemsAsync($"positions?code={p}J&asOf=2010-06-30")).ShouldBeEmpty();
        (await directory.ItemsAsync($"positions?code={p}J&asOf=2010-07-01")).ShouldHaveSingleItem().String("unitCode").ShouldBe($"{p}B");
        (await directory.ItemsAsync($"assignments?positionCode={p}J&asOf=2010-07-01")).ShouldHaveSingleItem().String("officialName").ShouldBe("Budi");

        (await directory.ImportAsync(file)).GetProperty("rowsUnchanged").GetInt32().ShouldBe(6);
        Importing.Found(await directory.ImportAsync(Encoding.UTF8.GetBytes($"kode;nama;sejak\n{p}A;Kota;2/1/2006\n{p}D;Kota;1/1/2199\n"), dryRun: true, "unit"))
            .ShouldBe(["unit 2 sejak import-differs", "unit 3 sejak import-ahead"]);

        async Task<IEnumerable<string>> UnitsAsync(string day) => (await directory.ItemsAsync($"units?below={p}A&asOf={day}")).Select(unit => unit.String("code"));
    }

    [Fact]
    public async Task DIR_1_two_files_at_once_are_taken_over_one_after_the_other()
    {
        var city = City();
        var started = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => directory.StartImportAsync(city.File, dryRun: false, null)));
        var done = await Task.WhenAll(started.Select(import => directory.FinishedAsync(import.Id())));
        done.ShouldAllBe(import => import.String("state") == "Done");
        done.Select(import => import.GetProperty("rowsAdded").GetInt32()).ShouldBe([8, 0, 0], ignoreOrder: true);
    }

    [Theory]
    [InlineData("CreateUnit", "Unit", "B")]
    [InlineData("CreatePosition", "Position", "J")]
    [InlineData("RegisterOfficial", "Official", "00002")]
    [InlineData("AssignOfficial", "Assignment", "00002")]
    [InlineData("CreateAccount", "Account", "siti")]
    public async Task DIR_9_who_made_a_row_stands_in_the_trail_under_its_own_name_and_leads_to_the_file(string act, string kind, string name)
    {
        var city = City();
        var import = (await directory.ImportAsync(city.File)).Id();

        var entry = (await directory.ItemsAsync($"audit?act={act}&text={city.Prefix}{name}&from={DirectoryFixture.Query(directory.Clock.GetUtcNow().AddDays(-1))}")).ShouldHaveSingleItem();

        entry.String("subjectKind").ShouldBe(kind);
        entry.String("actorLogin").ShouldBe(DirectoryFixture.AdminLogin);
        entry.String("reason").ShouldBe($"import {import}");
        (await directory.Database.ScalarAsync<bool>($"select exists (select from {kind} where id = '{entry.GetProperty("subjectId").GetGuid()}')")).ShouldBeTrue();
        entry.GetProperty("after").ToString().ShouldNotContain(city.Number);
        (await directory.ItemsAsync($"audit?subjectId={import}")).ShouldHaveSingleItem().ToString().ShouldContain(Convert.ToHexStringLower(SHA256.HashData(city.File)));
        await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>("select not exists (select from unsealed)"));
        (await directory.RunVerbAsync("--verify-seals")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_1_an_import_that_never_comes_to_its_end_is_given_up_and_holds_back_no_other()
    {
        var (endless, good) = (City(), City());
        await directory.Database.ExecuteAsync($"""
            create function never_ends() returns trigger language plpgsql as $$ begin raise exception 'never ends' using errcode = '53200'; end $$;
            create trigger never_ends before insert on unit for each row when (new.code = '{endless.Prefix}B') execute function never_ends()
            """);

        var given = await directory.ImportAsync(endless.File);

        given.String("state").ShouldBe("Refused", given.ToString());
        Importing.Found(given).ShouldBe(["   import-tries"]);
        (await directory.Database.ScalarAsync<int>($"select tries from organisation_import where id = '{given.Id()}'")).ShouldBe(5);
        (await directory.Database.ScalarAsync<bool>($"select content is null from organisation_import where id = '{given.Id()}'")).ShouldBeTrue();
        (await directory.Database.ScalarAsync<long>($"select count(*) from unit where code like '{endless.Prefix}%'")).ShouldBe(0);
        (await directory.ImportAsync(good.File)).String("state").ShouldBe("Done");
    }

    /// <summary>Two units, a position, two officials who held it one after the other, and an account.</summary>
    private static (string Prefix, string Number, byte[] File) City()
    {
        var (p, number) = (DirectoryFixture.Fresh("X"), DirectoryFixture.FreshNumber());
        return (p, number, ImportFiles.Ods(
            ("unit", ImportFiles.Row("kode", "nama", "kode induk") + ImportFiles.Row($"{p}A", "Sekretariat", "") + ImportFiles.Row($"{p}B", "Dinas", $"{p}A")),
            ("jabatan", ImportFiles.Row("Kode", "Nama_Jabatan", "Jenis", "Kode Unit") + ImportFiles.Row($"{p}J", "Kepala Dinas", "Kepala", $"{p}B")),
            ("pejabat", ImportFiles.Row("nip", "nama", "nomor hp") + ImportFiles.Row($"{p}00001", "Budi", "") + ImportFiles.Row($"{p}00002", "Siti", number)),
            ("riwayat jabatan", ImportFiles.Row("nip", "kode jabatan", "mulai", "sampai") + ImportFiles.Row($"{p}00001", $"{p}J", "1/1/2015", "1/1/2020")
                + ImportFiles.Row($"{p}00002", $"{p}J", "2020-01-01", "")),
            ("akun", ImportFiles.Row("nama pengguna", "nip") + ImportFiles.Row($"{p}siti", $"{p}00002")),
            ("catatan", ImportFiles.Row("milik kami"))));
    }
}
