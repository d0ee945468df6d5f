using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;

namespace Directory.Tests.Organisation;

public sealed class PositionTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Positions = "/api/directory/positions";

    [Fact]
    public async Task DIR_1_a_position_stands_in_a_unit_and_every_service_hears_of_it()
    {
        var position = await directory.PositionAsync();

        position.String("kind").ShouldBe("HeadOfUnit");
        var told = await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id());
        told.Title.ShouldBe("Kepala Dinas");
        told.Keyword.ShouldBeNull();
        var inUnit = await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Positions}?unitCode={position.String("unitCode")}");
        inUnit.GetProperty("items").EnumerateArray().Single().Id().ShouldBe(position.Id());
    }

    [Fact]
    public async Task DIR_1_a_position_is_renamed_and_moves_to_another_unit()
    {
        var position = await directory.PositionAsync();
        var unit = await directory.UnitAsync();

        var answer = await directory.Administrator.PatchAsJsonAsync(
            $"{Positions}/{position.Id()}", new { version = 1, title = "Sekretaris Dinas", unitCode = unit.String("code") });

        var edited = await answer.ReadAsync();
        edited.String("title").ShouldBe("Sekretaris Dinas");
        edited.String("unitCode").ShouldBe(unit.String("code"));
        var told = await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 2);
        told.UnitId.ShouldBe(unit.Id());
    }

    [Fact]
    public async Task DIR_3_a_unit_has_one_head_also_when_two_administrators_add_one_at_once_and_another_when_he_is_closed()
    {
        var (unit, other) = (await directory.UnitAsync(), await directory.PositionAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AddAsync("HeadOfUnit", unit)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "post-taken");
        await (await directory.Administrator.PatchAsJsonAsync($"{Positions}/{other.Id()}", new { version = 1, unitCode = unit.String("code") }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "post-taken");
        await AddAsync("Staff", unit).DoneAsync();

        var head = await answers.Single(answer => answer.StatusCode == HttpStatusCode.Created).ReadAsync();
        await directory.PostAsync($"positions/{head.Id()}/close", new { version = 1 }).DoneAsync();
        await AddAsync("HeadOfUnit", unit).DoneAsync();
    }

    [Theory]
    [InlineData("Mayor")]
    [InlineData("DeputyMayor")]
    [InlineData("RegionalSecretary")]
    public async Task DIR_1_the_region_has_one_head_one_deputy_and_one_secretary(string kind)
    {
        await AddAsync(kind, await directory.UnitAsync()).DoneAsync();
        await (await AddAsync(kind, await directory.UnitAsync())).ShouldRefuseAsync(HttpStatusCode.Conflict, "post-taken");
    }

    private Task<HttpResponseMessage> AddAsync(string kind, JsonElement unit) =>
        directory.PostAsync("positions", new { code = DirectoryFixture.Fresh("P"), title = "Pimpinan", kind, unitCode = unit.String("code") });

    [Fact]
    public async Task DIR_4_the_administrator_sets_the_keyword_of_a_position_and_every_service_hears_of_it()
    {
        var position = await directory.PositionAsync();
        var keyword = DirectoryFixture.Fresh("dinkes");

        var answer = await SetAsync(position, 1, $" {keyword} ");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.ReadAsync()).String("keyword").ShouldBe(keyword.ToUpperInvariant());
        var told = await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 2);
        told.Keyword.ShouldBe(keyword.ToUpperInvariant());

        (await SetAsync(position, 2, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 3)).Keyword.ShouldBeNull();
    }

    [Fact]
    public async Task DIR_4_a_keyword_belongs_to_one_position()
    {
        var keyword = DirectoryFixture.Fresh("SATU");
        await directory.PositionAsync(keyword);
        var other = await directory.PositionAsync();

        await (await SetAsync(other, 1, keyword.ToLowerInvariant())).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-taken");

        var now = await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Positions}?code={other.String("code")}");
        now.GetProperty("items")[0].Version().ShouldBe(1);
        directory.Bus.Received<PositionChanged>().ShouldNotContain(changed => changed.PositionId == other.Id() && changed.Version > 1);
    }

    [Fact]
    public async Task DIR_4_of_two_administrators_who_give_one_keyword_away_at_once_one_wins()
    {
        var keyword = DirectoryFixture.Fresh("REBUT");
        var positions = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => directory.PositionAsync()));

        var answers = await Task.WhenAll(positions.Select(position => SetAsync(position, 1, keyword)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
        (await directory.Database.ScalarAsync<long>($"select count(*) from position_keyword where word = '{keyword}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData("berhenti")]
    [InlineData("UNREG")]
    [InlineData("Rahasia")]
    [InlineData("CEK")]
    [InlineData("INFO")]
    [InlineData("HELP")]
    [InlineData("BANTUAN")]
    [InlineData("A")]
    [InlineData("ABCDEFGHIJKLMNOPQ")]
    [InlineData("DUA KATA")]
    [InlineData("DINKES!")]
    [InlineData("ДИНКЕС")]
    [InlineData("😀😀")]
    [InlineData("\u0000\u0000")]
    [InlineData("")]
    public async Task DIR_4_a_reserved_or_unspellable_keyword_is_refused(string keyword)
    {
        var position = await directory.PositionAsync();

        await (await SetAsync(position, 1, keyword)).ShouldNameAsync("keyword");

        (await directory.Database.ScalarAsync<long>($"select version from position where id = '{position.Id()}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"code":"X","title":"Kepala","kind":"Emperor","unitCode":"U"}""", "kind")]
    [InlineData("""{"code":"X","title":"Kepala","kind":3,"unitCode":"U"}""", "kind")]
    [InlineData("""{"code":"X","title":"Kepala","unitCode":"U"}""", "kind")]
    [InlineData("""{"code":"X","title":"Kepala","kind":"Staff","unitCode":"TIDAK-ADA"}""", "unitCode")]
    [InlineData("""{"code":"X","title":"Kepala","kind":"Staff"}""", "unitCode")]
    [InlineData("""{"code":"X","kind":"Staff","unitCode":"U"}""", "title")]
    [InlineData("""{"code":"X","title":"Kepala","kind":"Staff","unitCode":"U","keyword":"STOP"}""", "keyword")]
    public async Task DIR_1_garbage_is_refused_by_the_name_of_its_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await (await directory.Administrator.PostAsync(Positions, content)).ShouldNameAsync(field);
        (await directory.Database.ScalarAsync<long>("select count(*) from position where code = 'X'")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_4_a_keyword_that_is_left_out_is_not_taken_away()
    {
        var position = await directory.PositionAsync(DirectoryFixture.Fresh("TETAP"));
        await (await directory.Administrator.PutAsJsonAsync($"{Positions}/{position.Id()}/keyword", new { version = 1, kata = "SALAH" })).ShouldNameAsync("keyword");
        (await directory.Database.ScalarAsync<string>($"select word from position_keyword where position_id = '{position.Id()}' and valid_to is null")).ShouldBe(position.String("keyword"));
    }

    [Fact]
    public async Task DIR_1_a_blank_title_is_refused()
    {
        var position = await directory.PositionAsync();
        await (await directory.Administrator.PatchAsJsonAsync($"{Positions}/{position.Id()}", new { version = 1, title = "  " })).ShouldNameAsync("title");
        await (await directory.Administrator.PatchAsJsonAsync($"{Positions}/{position.Id()}", new { version = 1, title = "" })).ShouldNameAsync("title");
    }

    [Fact]
    public async Task DIR_1_a_position_nobody_knows_is_not_found() =>
        await (await directory.Administrator.PatchAsJsonAsync($"{Positions}/{Guid.CreateVersion7()}", new { version = 1, title = "Kepala" }))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");

    private Task<HttpResponseMessage> SetAsync(JsonElement position, long version, string? keyword) =>
        directory.Administrator.PutAsJsonAsync($"{Positions}/{position.Id()}/keyword", new { version, keyword, reason = "Surat Sekda 5/2026" });
}
