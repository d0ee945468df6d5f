using System.Net.Http.Json;
using System.Text.Json;
using Directory.Tests.Testing;

namespace Directory.Tests.Import;

public sealed class LargeImportTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Imports = "/api/directory/imports";

    [Fact]
    public async Task DIR_1_200_units_5000_officials_and_20_years_are_loaded_from_a_file_with_progress()
    {
        var city = new LargeCity();
        var rows = city.Units + 3 * city.Officials + city.Assignments;
        await directory.Database.ExecuteAsync("""
            create table seen_progress (rows_done int, rows_total int);
            create function see_progress() returns trigger language plpgsql security definer set search_path from current as $$
              begin insert into seen_progress values (new.rows_done, new.rows_total); return null; end $$;
            create trigger see_progress after update of rows_done on organisation_import for each row execute function see_progress()
            """);
        var before = await CountsAsync();

        using var file = new ByteArrayContent(city.ToFile());
        var started = await directory.Administrator.PostAsync($"{Imports}?dryRun=false", file).DoneAsync();
        var done = await Eventually.GetAsync(() => directory.Administrator.GetFromJsonAsync<JsonElement>($"{Imports}/{started.Id()}"),
            import => import.String("state") is not ("Waiting" or "Running"), seconds: 300);

        done.String("state").ShouldBe("Done", done.ToString());
        (done.GetProperty("rowsTotal").GetInt32(), done.GetProperty("rowsDone").GetInt32(), done.GetProperty("rowsAdded").GetInt32()).ShouldBe((rows, rows, rows));
        (await CountsAsync()).Zip(before, (now, then) => now - then).ShouldBe([city.Units, city.Officials, city.Officials, city.Assignments, city.Officials, rows + 1]);
        // Seen while it went on, never backwards, and each step small.
        var seen = (await directory.Database.ScalarAsync<int[]>("select array_agg(rows_done order by rows_done) from (select distinct rows_done from seen_progress) s"))!;
        seen.Length.ShouldBeGreaterThan(30);
        seen.Zip(seen.Skip(1), (one, next) => next - one).Max().ShouldBeLessThanOrEqualTo(2_000);
        (seen[0], seen[^1]).ShouldBe((0, rows));

        (await directory.ItemsAsync($"audit?act=CreateAccount&text=pegawai4711&from={DirectoryFixture.Query(directory.Clock.GetUtcNow().AddDays(-1))}")).ShouldHaveSingleItem().String("reason").ShouldBe($"import {started.Id()}");
        (await directory.ItemsAsync("accounts?userLogin=pegawai4711")).ShouldHaveSingleItem();
        await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>("select not exists (select from unsealed)"), seconds: 300);
        (await directory.RunVerbAsync("--verify-seals")).ShouldBe(0);
    }

    private Task<long[]> CountsAsync() => directory.Database.ScalarAsync<long[]>("""
        select array[(select count(*) from unit), (select count(*) from position), (select count(*) from official), (select count(*) from assignment),
          (select count(*) from account), (select count(*) from audit_entry)]
        """)!;
}
