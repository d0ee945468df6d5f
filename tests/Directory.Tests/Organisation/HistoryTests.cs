using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Directory.Tests.Testing;
using Npgsql;

namespace Directory.Tests.Organisation;

public sealed class HistoryTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Units = "/api/directory/units";
    private const string Positions = "/api/directory/positions";

    [Theory]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31T23:59:59Z")]
    public async Task DIR_1_the_ends_of_the_calendar_are_no_times_to_ask_for(string at) =>
        await (await directory.Administrator.GetAsync($"/api/directory/units?asOf={at}")).ShouldNameAsync("asOf");

    [Fact]
    public async Task DIR_1_a_unit_is_shown_as_it_was_at_any_instant()
    {
        var before = directory.Clock.GetUtcNow().AddSeconds(-1);
        var (city, other) = (await directory.UnitAsync(), await directory.UnitAsync());
        var unit = await directory.UnitAsync(city.String("code"));
        var created = Tick();
        await EditAsync(Units, unit, new { version = 1, name = "Dinas Sosial" });
        var renamed = Tick();
        await EditAsync(Units, unit, new { version = 2, parentCode = other.String("code") });
        var moved = Tick();
        (await directory.Administrator.PostAsJsonAsync($"{Units}/{unit.Id()}/close", new { version = 3 })).EnsureSuccessStatusCode();

        (await UnitsAsync(unit, before)).ShouldBeEmpty();
        var first = (await UnitsAsync(unit, created)).Single();
        (first.String("name"), first.String("parentCode"), first.Version()).ShouldBe(("Dinas Kesehatan", city.String("code"), 1));
        var second = (await UnitsAsync(unit, renamed)).Single();
        (second.String("name"), second.String("parentCode"), second.Version()).ShouldBe(("Dinas Sosial", city.String("code"), 2));
        var third = (await UnitsAsync(unit, moved)).Single();
        (third.String("parentCode"), third.GetProperty("closedAt").ValueKind).ShouldBe((other.String("code"), JsonValueKind.Null));
        (await UnitsAsync(unit, directory.Clock.GetUtcNow())).Single().GetProperty("closedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await BelowAsync(city, renamed)).ShouldContain(unit.String("code"));
        (await BelowAsync(city, moved)).ShouldNotContain(unit.String("code"));
    }

    [Fact]
    public async Task DIR_1_a_position_and_its_holder_are_shown_as_they_were_at_any_instant()
    {
        var position = await directory.PositionAsync();
        var official = await directory.OfficialAsync();
        var vacant = Tick();
        var held = await (await directory.Administrator.PostAsJsonAsync("/api/directory/assignments",
            new { employeeNumber = official.String("employeeNumber"), positionCode = position.String("code") })).ReadAsync();
        await EditAsync(Positions, position, new { version = 1, title = "Kepala Dinas Lain", grade = "II.b" });
        var during = Tick();
        (await directory.Administrator.PostAsJsonAsync($"{Positions}/{position.Id()}/close", new { version = 2 })).EnsureSuccessStatusCode();

        (await ItemsAsync($"{Positions}?code={position.String("code")}&asOf={Query(vacant)}")).Single().String("title").ShouldBe("Kepala Dinas");
        (await ItemsAsync($"{Positions}?unitCode={position.String("unitCode")}&asOf={Query(during)}")).Single().String("grade").ShouldBe("II.b");
        (await ItemsAsync($"{Positions}?unitCode={position.String("unitCode")}")).ShouldBeEmpty();
        var holders = $"/api/directory/assignments?positionCode={position.String("code")}";
        (await ItemsAsync($"{holders}&asOf={Query(vacant)}")).ShouldBeEmpty();
        (await ItemsAsync($"{holders}&asOf={Query(during)}")).Single().Id().ShouldBe(held.Id());
        (await ItemsAsync($"{holders}&asOf={Query(directory.Clock.GetUtcNow())}")).ShouldBeEmpty();
        (await ItemsAsync(holders)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task DIR_1_a_date_alone_is_its_midnight_in_the_city_and_garbage_is_refused()
    {
        var unit = await directory.UnitAsync();
        // 2026-01-05T02:00Z is 09:00 in Jakarta.
        (await ItemsAsync($"{Units}?code={unit.String("code")}&asOf=2026-01-05")).ShouldBeEmpty();
        (await ItemsAsync($"{Units}?code={unit.String("code")}&asOf=2026-01-06")).Count.ShouldBe(1);
        foreach (var asOf in new[] { "kemarin", "2026-13-01", "05/01/2026", "%00", "2026-01-05T25:00" })
        {
            foreach (var list in new[] { Units, Positions, "/api/directory/assignments", "/api/directory/officials", "/api/directory/accounts", "/api/directory/organisation" })
                await (await directory.Administrator.GetAsync($"{list}?asOf={asOf}")).ShouldNameAsync("asOf");
        }
    }

    [Fact]
    public async Task DIR_1_an_official_is_shown_as_he_was_called_and_reached_at_any_instant()
    {
        var before = directory.Clock.GetUtcNow().AddSeconds(-1);
        var (first, second) = (DirectoryFixture.FreshNumber(), DirectoryFixture.FreshNumber());
        var official = await directory.OfficialAsync(first);
        var held = await directory.HolderAsync(official, await directory.PositionAsync());
        var registered = Tick();
        await EditAsync("/api/directory/officials", official, new { version = 1, name = "Siti Rahayu, M.Si." });
        var renamed = Tick();
        (await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = 2, number = second, reason = "nomor baru" })).EnsureSuccessStatusCode();
        var reached = Tick();

        var list = $"/api/directory/officials?employeeNumber={official.String("employeeNumber")}";
        (await ItemsAsync($"{list}&asOf={Query(before)}")).ShouldBeEmpty();
        (await OfAsync(registered)).ShouldBe(("Siti Rahayu", first[^3..]));
        (await OfAsync(renamed)).ShouldBe(("Siti Rahayu, M.Si.", first[^3..]));
        (await OfAsync(reached)).ShouldBe(("Siti Rahayu, M.Si.", second[^3..]));
        (await ItemsAsync(list)).Single().Version().ShouldBe(3);
        var assignments = $"/api/directory/assignments?employeeNumber={official.String("employeeNumber")}";
        (await ItemsAsync($"{assignments}&asOf={Query(registered)}")).Single().String("officialName").ShouldBe("Siti Rahayu");
        (await ItemsAsync(assignments)).Single().String("officialName").ShouldBe("Siti Rahayu, M.Si.");
        held.String("officialName").ShouldBe("Siti Rahayu");

        async Task<(string, string)> OfAsync(DateTimeOffset at)
        {
            var was = (await ItemsAsync($"{list}&asOf={Query(at)}")).Single();
            return (was.String("name"), was.String("noticePhoneMasked")[^3..]);
        }
    }

    [Fact]
    public async Task DIR_2_an_account_is_shown_with_the_roles_that_it_had_at_any_instant()
    {
        var before = directory.Clock.GetUtcNow().AddSeconds(-1);
        var account = await directory.AccountAsync(roles: "Secretary");
        var created = Tick();
        await EditAsync("/api/directory/accounts", account, new { version = 1, roles = new[] { "Auditor" } });
        var other = Tick();
        // What has no history of its own does not stand between.
        await directory.Database.ExecuteAsync($"update account set access_failed_count = 3 where id = '{account.Id()}'");
        await EditAsync("/api/directory/accounts", account, new { version = 2, enabled = false });
        var closed = Tick();

        (await ItemsAsync(ListOf(before))).ShouldBeEmpty();
        (await OfAsync(created)).ShouldBe(("Secretary", true, 1));
        (await OfAsync(other)).ShouldBe(("Auditor", true, 2));
        (await OfAsync(closed)).ShouldBe(("Auditor", false, 3));
        (await directory.Database.ScalarAsync<long>($"select count(*) from account_version where account_id = '{account.Id()}'")).ShouldBe(3);
        await using var runtime = NpgsqlDataSource.Create(directory.Database.Runtime);
        foreach (var table in new[] { "account_version", "official_version", "organisation_version" })
        {
            await using var command = runtime.CreateCommand($"delete from {table}");
            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }

        string ListOf(DateTimeOffset at) => $"/api/directory/accounts?userLogin={account.String("userLogin")}&asOf={Query(at)}";

        async Task<(string, bool, long)> OfAsync(DateTimeOffset at)
        {
            var was = (await ItemsAsync(ListOf(at))).Single();
            was.String("officialName").ShouldBe("Siti Rahayu");
            return (was.GetProperty("roles").EnumerateArray().Single().GetString()!, was.GetProperty("enabled").GetBoolean(), was.Version());
        }
    }

    [Fact]
    public async Task DIR_1_the_organisation_is_shown_as_it_was_at_any_instant()
    {
        var never = Tick();
        await EnterAsync(0, "Kota Bekasi");
        var first = Tick();
        await EnterAsync(1, "Pemerintah Kota Bekasi");
        var second = Tick();

        (await OfAsync(never)).ShouldBe(("", 0));
        (await OfAsync(first)).ShouldBe(("Kota Bekasi", 1));
        (await OfAsync(second)).ShouldBe(("Pemerintah Kota Bekasi", 2));
        (await directory.Administrator.GetAsync("/api/directory/organisation?asOf=1945-08-17")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        async Task EnterAsync(long version, string name) => (await directory.PutAsync("organisation",
            new { version, name, sealText = name, letterhead = new[] { name }, address = "Jalan Ahmad Yani 1", city = "Bekasi", reason = "peraturan" })).EnsureSuccessStatusCode();

        async Task<(string, long)> OfAsync(DateTimeOffset at)
        {
            var was = await directory.GetAsync($"organisation?asOf={Query(at)}");
            return (was.String("name"), was.Version());
        }
    }

    [Fact]
    public async Task DIR_1_the_history_is_written_by_the_database_and_the_service_cannot_alter_it()
    {
        var unit = await directory.UnitAsync();
        // By hand, past every slice.
        await directory.Database.ExecuteAsync($"update unit set name = 'Dinas Tangan', version = version + 1 where id = '{unit.Id()}'");
        (await directory.Database.ScalarAsync<string>($"select string_agg(name, ', ' order by valid_from) from unit_version where unit_id = '{unit.Id()}'"))
            .ShouldBe("Dinas Kesehatan, Dinas Tangan");

        await using var runtime = NpgsqlDataSource.Create(directory.Database.Runtime);
        foreach (var sql in new[] { "update unit_version set name = 'x'", "delete from position_version", "insert into unit_version select * from unit_version" })
        {
            await using var command = runtime.CreateCommand(sql);
            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }

        (await Should.ThrowAsync<PostgresException>(() => directory.Database.ExecuteAsync($"""
            insert into unit_version select unit_id, code, name, parent_id, closed_at, version, valid_from + interval '1 second', null from unit_version where unit_id = '{unit.Id()}'
            """))).SqlState.ShouldBe(PostgresErrorCodes.ExclusionViolation);
    }

    [Fact]
    public async Task DIR_1_what_becomes_known_later_does_not_change_what_was_known_for_earlier()
    {
        var unit = await directory.UnitAsync();
        await directory.Database.ExecuteAsync($"update unit set name = 'Kedua', as_of = '2026-03-01Z' where id = '{unit.Id()}'");
        await directory.Database.ExecuteAsync($"update unit set name = 'Terlambat', as_of = '2026-02-01Z' where id = '{unit.Id()}'");
        (await directory.Database.ScalarAsync<string>($"select string_agg(name || ' ' || (valid_from at time zone 'UTC')::date, ', ' order by valid_from) from unit_version where unit_id = '{unit.Id()}'"))
            .ShouldBe("Dinas Kesehatan 2026-01-05, Terlambat 2026-03-01");
    }

    [Fact]
    public async Task DIR_1_a_subtree_is_a_tree_and_no_beginning_of_a_code()
    {
        var (root, two, twenty, under, apart) =
            (DirectoryFixture.Fresh("1."), DirectoryFixture.Fresh("1.2"), DirectoryFixture.Fresh("1.20"), DirectoryFixture.Fresh("9"), DirectoryFixture.Fresh("1.2.1"));
        await UnitAsync(root, null);
        await UnitAsync(two, root);
        await UnitAsync(two + "0", root);
        await UnitAsync(twenty, root);
        await UnitAsync(under, two);
        await UnitAsync(apart, root);

        (await CodesBelowAsync(two)).ShouldBe([two, under], ignoreOrder: true);
        (await CodesBelowAsync(root)).ShouldBe([root, two, two + "0", twenty, under, apart], ignoreOrder: true);
        await (await directory.Administrator.GetAsync($"{Units}?below=TIDAK-ADA")).ShouldNameAsync("below");
    }

    private DateTimeOffset Tick()
    {
        var instant = directory.Clock.GetUtcNow();
        directory.Clock.Advance(TimeSpan.FromSeconds(2));
        return instant;
    }

    private async Task UnitAsync(string code, string? parentCode) =>
        (await directory.Administrator.PostAsJsonAsync(Units, new { code, name = "Dinas", parentCode })).StatusCode.ShouldBe(HttpStatusCode.Created);

    private async Task EditAsync(string list, JsonElement what, object edit) =>
        (await directory.Administrator.PatchAsJsonAsync($"{list}/{what.Id()}", edit)).StatusCode.ShouldBe(HttpStatusCode.OK);

    private static string Query(DateTimeOffset at) => at.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private Task<List<JsonElement>> UnitsAsync(JsonElement unit, DateTimeOffset at) => ItemsAsync($"{Units}?code={unit.String("code")}&asOf={Query(at)}");

    private async Task<IEnumerable<string>> BelowAsync(JsonElement unit, DateTimeOffset at) =>
        (await ItemsAsync($"{Units}?below={unit.String("code")}&asOf={Query(at)}")).Select(item => item.String("code"));

    private async Task<IEnumerable<string>> CodesBelowAsync(string code) => (await ItemsAsync($"{Units}?below={code}")).Select(item => item.String("code"));

    private async Task<List<JsonElement>> ItemsAsync(string path) =>
        [.. (await directory.Administrator.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray()];
}
