using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;

namespace Directory.Tests.Organisation;

public sealed class ClosingTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Units = "/api/directory/units";
    private const string Positions = "/api/directory/positions";

    [Fact]
    public async Task DIR_6_a_position_that_is_closed_loses_keyword_and_holder_and_every_service_hears_of_it()
    {
        var position = await directory.PositionAsync(DirectoryFixture.Fresh("TUTUP"));
        var held = await AssignAsync(position, await directory.OfficialAsync());
        var ahead = directory.Clock.GetUtcNow().AddDays(40);
        (await directory.Administrator.PostAsJsonAsync($"/api/directory/assignments/{held.Id()}/end", new { version = 1, to = ahead })).EnsureSuccessStatusCode();
        var successor = await AssignAsync(position, await directory.OfficialAsync(), ahead);

        var answer = await CloseAsync(Positions, position);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var now = directory.Clock.GetUtcNow();
        (await answer.ReadAsync()).GetProperty("closedAt").GetDateTimeOffset().ShouldBe(now);
        var told = await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 2);
        (told.Keyword, told.ClosedAt, told.Kind).ShouldBe((null, now, "HeadOfUnit"));
        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == held.Id() && changed.Version == 3)).To.ShouldBe(now);
        // Who would have come does not: his time ends where it starts.
        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == successor.Id() && changed.Version == 2)).To.ShouldBe(ahead);

        await (await CloseAsync(Positions, position, 2)).ShouldRefuseAsync(HttpStatusCode.Conflict, "position-closed");
        await (await directory.Administrator.PatchAsJsonAsync($"{Positions}/{position.Id()}", new { version = 2, title = "Lain" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "position-closed");
        await (await directory.Administrator.PutAsJsonAsync($"{Positions}/{position.Id()}/keyword", new { version = 2, keyword = "LAGI" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "position-closed");
        await (await PostAssignmentAsync(position, await directory.OfficialAsync())).ShouldNameAsync("positionCode");
        await (await directory.Administrator.PostAsJsonAsync($"/api/directory/assignments/{held.Id()}/end", new { version = 3, to = ahead }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "position-closed");
    }

    [Fact]
    public async Task DIR_6_a_closed_position_stands_in_the_unit_of_its_successor()
    {
        var (position, successor) = (await directory.PositionAsync(), await directory.PositionAsync());

        var closed = await (await directory.Administrator.PostAsJsonAsync(
            $"{Positions}/{position.Id()}/close", new { version = 1, successorCode = successor.String("code") })).ReadAsync();

        closed.String("unitCode").ShouldBe(successor.String("unitCode"));
        await (await directory.Administrator.PostAsJsonAsync($"{Positions}/{successor.Id()}/close", new { version = 1, successorCode = position.String("code") }))
            .ShouldNameAsync("successorCode");
    }

    [Fact]
    public async Task DIR_6_who_is_assigned_while_the_position_is_closed_stands_on_it_or_is_refused()
    {
        foreach (var _ in Enumerable.Range(0, 10))
        {
            var (position, official) = (await directory.PositionAsync(), await directory.OfficialAsync());

            var answers = await Task.WhenAll(CloseAsync(Positions, position), PostAssignmentAsync(position, official));

            answers[0].StatusCode.ShouldBe(HttpStatusCode.OK);
            answers[1].StatusCode.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.BadRequest);
            (await directory.Database.ScalarAsync<long>($"select count(*) from assignment where position_id = '{position.Id()}' and held_to is null")).ShouldBe(0);
        }
    }

    [Fact]
    public async Task DIR_6_a_unit_is_closed_when_nothing_in_it_is_open_and_stays()
    {
        var top = await directory.UnitAsync();
        var below = await directory.UnitAsync(top.String("code"));
        await (await CloseAsync(Units, top)).ShouldRefuseAsync(HttpStatusCode.Conflict, "unit-not-empty");

        (await CloseAsync(Units, below)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await CloseAsync(Units, top)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await directory.Bus.GetAsync<UnitChanged>(changed => changed.UnitId == top.Id() && changed.Version == 2)).ClosedAt.ShouldBe(directory.Clock.GetUtcNow());
        await (await CloseAsync(Units, top, 2)).ShouldRefuseAsync(HttpStatusCode.Conflict, "unit-closed");
        await (await directory.Administrator.PatchAsJsonAsync($"{Units}/{top.Id()}", new { version = 2, name = "Lain" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "unit-closed");
        await (await directory.Administrator.PostAsJsonAsync(Units, new { code = DirectoryFixture.Fresh("U"), name = "Dinas", parentCode = top.String("code") })).ShouldNameAsync("parentCode");
        await (await directory.Administrator.PostAsJsonAsync(Units, new { code = top.String("code"), name = "Dinas" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "code-taken");
        var open = await directory.UnitAsync();
        await (await directory.Administrator.PatchAsJsonAsync($"{Units}/{open.Id()}", new { version = 1, parentCode = top.String("code") })).ShouldNameAsync("parentCode");
        var position = await directory.PositionAsync();
        await (await directory.Administrator.PatchAsJsonAsync($"{Positions}/{position.Id()}", new { version = 1, unitCode = top.String("code") })).ShouldNameAsync("unitCode");
        await (await directory.Administrator.PostAsJsonAsync(Positions, new { code = DirectoryFixture.Fresh("P"), title = "Kepala", kind = "Staff", unitCode = top.String("code") }))
            .ShouldNameAsync("unitCode");
    }

    [Fact]
    public async Task DIR_6_nothing_is_put_into_a_unit_while_it_is_closed()
    {
        foreach (var _ in Enumerable.Range(0, 10))
        {
            var unit = await directory.UnitAsync();

            var answers = await Task.WhenAll(
                CloseAsync(Units, unit),
                directory.Administrator.PostAsJsonAsync(Units, new { code = DirectoryFixture.Fresh("U"), name = "Dinas", parentCode = unit.String("code") }),
                directory.Administrator.PostAsJsonAsync(Positions, new { code = DirectoryFixture.Fresh("P"), title = "Kepala", kind = "Staff", unitCode = unit.String("code") }));

            var isClosed = answers[0].StatusCode == HttpStatusCode.OK;
            var hasOpen = await directory.Database.ScalarAsync<bool>($"""
                select exists (select from unit where parent_id = '{unit.Id()}' and closed_at is null) or exists (select from position where unit_id = '{unit.Id()}' and closed_at is null)
                """);
            (isClosed && hasOpen).ShouldBeFalse();
            answers.ShouldAllBe(answer => (int)answer.StatusCode < 500);
        }
    }

    [Fact]
    public async Task DIR_1_closed_units_and_positions_are_left_out_of_lists_unless_asked_for()
    {
        var top = await directory.UnitAsync();
        var unit = await directory.UnitAsync(top.String("code"));
        (await CloseAsync(Units, unit)).EnsureSuccessStatusCode();

        (await CodesAsync($"{Units}?below={top.String("code")}")).ShouldBe([top.String("code")]);
        (await CodesAsync($"{Units}?below={top.String("code")}&includeClosed=true")).ShouldBe([top.String("code"), unit.String("code")], ignoreOrder: true);
        (await CodesAsync($"{Units}?code={unit.String("code")}")).ShouldBe([unit.String("code")]);

        var position = await directory.PositionAsync();
        (await CloseAsync(Positions, position)).EnsureSuccessStatusCode();
        (await CodesAsync($"{Positions}?unitCode={position.String("unitCode")}")).ShouldBeEmpty();
        (await CodesAsync($"{Positions}?unitCode={position.String("unitCode")}&includeClosed=true")).ShouldBe([position.String("code")]);
    }

    [Fact]
    public async Task DIR_1_a_position_has_a_grade()
    {
        var unit = await directory.UnitAsync();
        var answer = await directory.Administrator.PostAsJsonAsync(
            Positions, new { code = DirectoryFixture.Fresh("P"), title = "Kepala Dinas", kind = "HeadOfUnit", unitCode = unit.String("code"), grade = "II.b" });
        var position = await answer.ReadAsync();
        position.String("grade").ShouldBe("II.b");
        (await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id())).Grade.ShouldBe("II.b");

        var edited = await (await directory.Administrator.PatchAsJsonAsync($"{Positions}/{position.Id()}", new { version = 1, grade = "II.a" })).ReadAsync();
        (edited.String("grade"), edited.String("title")).ShouldBe(("II.a", "Kepala Dinas"));
        await (await directory.Administrator.PatchAsJsonAsync($"{Positions}/{position.Id()}", new { version = 2, grade = new string('I', 33) })).ShouldNameAsync("grade");
    }

    private async Task<List<string>> CodesAsync(string path) =>
        [.. (await directory.Administrator.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray().Select(item => item.String("code"))];

    private Task<HttpResponseMessage> CloseAsync(string list, JsonElement what, long version = 1) =>
        directory.Administrator.PostAsJsonAsync($"{list}/{what.Id()}/close", new { version, reason = "Perda 2/2026" });

    private Task<HttpResponseMessage> PostAssignmentAsync(JsonElement position, JsonElement official, DateTimeOffset? from = null) =>
        directory.Administrator.PostAsJsonAsync(
            "/api/directory/assignments", new { employeeNumber = official.String("employeeNumber"), positionCode = position.String("code"), from });

    private async Task<JsonElement> AssignAsync(JsonElement position, JsonElement official, DateTimeOffset? from = null)
    {
        var answer = await PostAssignmentAsync(position, official, from);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await answer.ReadAsync();
    }
}
