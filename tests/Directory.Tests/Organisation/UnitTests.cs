using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;
using Npgsql;

namespace Directory.Tests.Organisation;

public sealed class UnitTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Units = "/api/directory/units";

    [Fact]
    public async Task DIR_1_a_unit_stands_in_the_tree_and_every_service_hears_of_it()
    {
        var city = await directory.UnitAsync();
        var office = await directory.UnitAsync(city.String("code"));

        office.String("parentCode").ShouldBe(city.String("code"));
        office.Version().ShouldBe(1);
        var listed = await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Units}?code={office.String("code")}");
        listed.GetProperty("items")[0].Id().ShouldBe(office.Id());
        var told = await directory.Bus.GetAsync<UnitChanged>(unit => unit.UnitId == office.Id());
        told.ParentId.ShouldBe(city.Id());
        told.Version.ShouldBe(1);
    }

    [Fact]
    public async Task DIR_1_a_unit_is_renamed_and_moved_with_the_next_version()
    {
        var city = await directory.UnitAsync();
        var office = await directory.UnitAsync();

        var answer = await directory.Administrator.PatchAsJsonAsync($"{Units}/{office.Id()}", new { version = 1, name = "Dinas Sosial", parentCode = city.String("code") });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var edited = await answer.ReadAsync();
        edited.String("name").ShouldBe("Dinas Sosial");
        edited.String("parentCode").ShouldBe(city.String("code"));
        edited.Version().ShouldBe(2);
        (await directory.Bus.GetAsync<UnitChanged>(unit => unit.UnitId == office.Id() && unit.Version == 2)).Name.ShouldBe("Dinas Sosial");
    }

    [Fact]
    public async Task DIR_1_a_code_belongs_to_one_unit_also_when_two_administrators_want_it_at_once()
    {
        var code = DirectoryFixture.Fresh("TWICE");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => directory.Administrator.PostAsJsonAsync(Units, new { code, name = "Dinas" })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "code-taken");
        (await directory.Database.ScalarAsync<long>($"select count(*) from unit where code = '{code}'")).ShouldBe(1);
    }

    [Fact]
    public async Task DIR_1_of_two_edits_of_one_unit_the_stale_one_is_refused()
    {
        var unit = await directory.UnitAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(number =>
            directory.Administrator.PatchAsJsonAsync($"{Units}/{unit.Id()}", new { version = 1, name = $"Nama {number}" })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        (await directory.Database.ScalarAsync<long>($"select version from unit where id = '{unit.Id()}'")).ShouldBe(2);
    }

    [Fact]
    public async Task DIR_1_a_unit_never_stands_below_itself()
    {
        var top = await directory.UnitAsync();
        var middle = await directory.UnitAsync(top.String("code"));
        var bottom = await directory.UnitAsync(middle.String("code"));

        await (await directory.Administrator.PatchAsJsonAsync($"{Units}/{top.Id()}", new { version = 1, parentCode = bottom.String("code") }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "unit-below-itself");
        await (await directory.Administrator.PatchAsJsonAsync($"{Units}/{top.Id()}", new { version = 1, parentCode = top.String("code") }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "unit-below-itself");
    }

    [Fact]
    public async Task DIR_1_two_moves_at_once_make_no_ring()
    {
        foreach (var _ in Enumerable.Range(0, 10))
        {
            var one = await directory.UnitAsync();
            var other = await directory.UnitAsync();

            var answers = await Task.WhenAll(
                directory.Administrator.PatchAsJsonAsync($"{Units}/{one.Id()}", new { version = 1, parentCode = other.String("code") }),
                directory.Administrator.PatchAsJsonAsync($"{Units}/{other.Id()}", new { version = 1, parentCode = one.String("code") }));

            answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
            answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(1);
        }
    }

    [Fact]
    public async Task DIR_1_units_are_listed_page_by_page_without_gap_or_repeat()
    {
        foreach (var _ in Enumerable.Range(0, 60))
            await directory.UnitAsync();

        var codes = new List<string>();
        string? cursor = null;
        do
        {
            var page = await directory.Administrator.GetFromJsonAsync<JsonElement>(cursor is null ? Units : $"{Units}?cursor={Uri.EscapeDataString(cursor)}");
            codes.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.String("code")));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        codes.ShouldBeUnique();
        codes.Count.ShouldBeGreaterThanOrEqualTo(60);
        codes.Count.ShouldBeLessThanOrEqualTo((int)await directory.Database.ScalarAsync<long>("select count(*) from unit"));
    }

    [Theory]
    [InlineData("""{"name":"Dinas"}""", "code")]
    [InlineData("""{"code":null,"name":"Dinas"}""", "code")]
    [InlineData("""{"code":"","name":"Dinas"}""", "code")]
    [InlineData("""{"code":"A B","name":"Dinas"}""", "code")]
    [InlineData("""{"code":"'; drop table unit; --","name":"Dinas"}""", "code")]
    [InlineData("""{"code":"ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJ","name":"Dinas"}""", "code")]
    [InlineData("""{"code":"SAH"}""", "name")]
    [InlineData("""{"code":"SAH","name":"  "}""", "name")]
    [InlineData("""{"code":"SAH","name":"Dinas\u0000"}""", "name")]
    [InlineData("""{"code":"SAH","name":"Dinas\nLain"}""", "name")]
    [InlineData("""{"code":"SAH","name":7}""", "name")]
    [InlineData("""{"code":"SAH","name":"Dinas","parentCode":"TIDAK-ADA"}""", "parentCode")]
    [InlineData("""{"code":"SAH","name":"Dinas","parentCode":"\ud800"}""", "parentCode")]
    [InlineData("""{"code":"SAH","name":"Dinas""", "name")]
    [InlineData("""[]""", "body")]
    [InlineData("", "body")]
    [InlineData("null", "body")]
    public async Task DIR_1_garbage_is_refused_by_the_name_of_its_field_and_changes_nothing(string body, string field)
    {
        var before = await directory.Database.ScalarAsync<long>("select count(*) from unit");
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var answer = await directory.Administrator.PostAsync(Units, content);

        if (body is "" or "null")
            await answer.ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
        else
            await answer.ShouldNameAsync(field);
        (await directory.Database.ScalarAsync<long>("select count(*) from unit")).ShouldBe(before);
        (await directory.Database.ScalarAsync<long>("select count(*) from unit where code = 'SAH'")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_1_a_query_with_garbage_is_refused()
    {
        await (await directory.Administrator.GetAsync($"{Units}?code=%00")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
        await (await directory.Administrator.GetAsync($"{Units}?cursor=%00")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
        (await directory.Administrator.GetAsync($"{Units}?code=' or '1'='1")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await (await directory.Administrator.GetAsync("/api/directory/assignments?cursor=x")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
    }

    [Fact]
    public async Task DIR_1_the_service_cannot_delete_a_unit()
    {
        await using var runtime = NpgsqlDataSource.Create(directory.Database.Runtime);
        await using var command = runtime.CreateCommand("delete from unit");
        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }
}
