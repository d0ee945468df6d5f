using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;
using Npgsql;

namespace Directory.Tests.People;

public sealed class AssignmentTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Assignments = "/api/directory/assignments";

    [Fact]
    public async Task DIR_1_an_official_takes_a_position_and_every_service_hears_of_it()
    {
        var (official, position) = (await directory.OfficialAsync(), await directory.PositionAsync());

        var answer = await AssignAsync(official, position);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var assignment = await answer.ReadAsync();
        var told = await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == assignment.Id());
        told.OfficialId.ShouldBe(official.Id());
        told.PositionId.ShouldBe(position.Id());
        told.From.ShouldBe(directory.Clock.GetUtcNow());
        told.To.ShouldBeNull();
    }

    [Theory]
    [InlineData("from", "1945-08-01T00:00:00Z")]
    [InlineData("from", "0204-05-01T00:00:00Z")]
    [InlineData("from", "9998-12-31T00:00:00Z")]
    [InlineData("to", "2300-01-01T00:00:00Z")]
    public async Task DIR_1_nothing_is_held_before_the_republic_or_centuries_ahead(string field, string instant)
    {
        var (official, position) = (await directory.OfficialAsync(), await directory.PositionAsync());
        var request = new Dictionary<string, object?> { ["employeeNumber"] = official.String("employeeNumber"), ["positionCode"] = position.String("code"), [field] = instant };
        var refused = await directory.PostAsync("assignments", request);
        await refused.ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
        (await refused.ReadAsync()).GetProperty("errors").GetProperty(field)[0].GetString().ShouldBe("Bukan waktu antara 17 Agustus 1945 dan 1 Januari 2200");

        var held = await directory.HolderAsync(official, position, new(1945, 8, 17, 0, 0, 0, TimeSpan.FromHours(7)));
        await (await directory.PostAsync($"assignments/{held.Id()}/correction", new { version = 1, from = instant, to = instant, reason = "Salah" })).ShouldNameAsync(field);
        await (await directory.PostAsync($"assignments/{held.Id()}/end", new { version = 1, to = instant })).ShouldNameAsync("to");
    }

    [Fact]
    public async Task DIR_1_a_position_has_one_holder_at_a_time_also_when_two_administrators_assign_at_once()
    {
        var position = await directory.PositionAsync();
        var officials = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => directory.OfficialAsync()));

        var answers = await Task.WhenAll(officials.Select(official => AssignAsync(official, position)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "position-held");
    }

    [Fact]
    public async Task DIR_1_a_successor_follows_at_the_instant_of_the_end_and_the_history_is_kept()
    {
        var position = await directory.PositionAsync();
        var (first, second) = (await directory.OfficialAsync(), await directory.OfficialAsync());
        var handover = directory.Clock.GetUtcNow().AddDays(10);
        var held = await (await AssignAsync(first, position)).ReadAsync();
        await (await AssignAsync(second, position, handover)).ShouldRefuseAsync(HttpStatusCode.Conflict, "position-held");

        var ended = await EndAsync(held, 1, handover);
        ended.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AssignAsync(second, position, handover)).StatusCode.ShouldBe(HttpStatusCode.Created);

        var history = await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Assignments}?positionCode={position.String("code")}");
        history.GetProperty("items").EnumerateArray().Select(item => item.String("employeeNumber"))
            .ShouldBe([second.String("employeeNumber"), first.String("employeeNumber")]);
        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == held.Id() && changed.Version == 2)).To.ShouldBe(handover);
        await (await EndAsync(held, 2, handover.AddDays(1))).ShouldRefuseAsync(HttpStatusCode.Conflict, "position-held");
    }

    [Fact]
    public async Task DIR_1_an_assignment_ends_after_its_start_and_only_with_its_version()
    {
        var held = await (await AssignAsync(await directory.OfficialAsync(), await directory.PositionAsync())).ReadAsync();
        await (await EndAsync(held, 1, directory.Clock.GetUtcNow())).ShouldNameAsync("to");
        await (await EndAsync(held, 7, directory.Clock.GetUtcNow().AddDays(1))).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
    }

    [Theory]
    [InlineData("""{"positionCode":"P"}""", "employeeNumber")]
    [InlineData("""{"employeeNumber":"TIDAK-ADA","positionCode":"P"}""", "employeeNumber")]
    [InlineData("""{"employeeNumber":"1","positionCode":"P","from":"besok"}""", "from")]
    [InlineData("""{"employeeNumber":"1","positionCode":"P","from":20260101}""", "from")]
    public async Task DIR_1_garbage_is_refused_by_the_name_of_its_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await (await directory.Administrator.PostAsync(Assignments, content)).ShouldNameAsync(field);
    }

    [Fact]
    public async Task DIR_1_the_database_itself_refuses_a_second_holder()
    {
        var (official, position) = (await directory.OfficialAsync(), await directory.PositionAsync());
        await AssignAsync(official, position);
        var refused = await Should.ThrowAsync<PostgresException>(() => directory.Database.ExecuteAsync($"""
            insert into assignment (id, official_id, position_id, kind, held_from, version)
            values (gen_random_uuid(), '{official.Id()}', '{position.Id()}', 'Definitive', '2030-01-01Z', 1)
            """));
        refused.SqlState.ShouldBe(PostgresErrorCodes.ExclusionViolation);
    }

    private Task<HttpResponseMessage> AssignAsync(JsonElement official, JsonElement position, DateTimeOffset? from = null) =>
        directory.Administrator.PostAsJsonAsync(
            Assignments, new { employeeNumber = official.String("employeeNumber"), positionCode = position.String("code"), from });

    private Task<HttpResponseMessage> EndAsync(JsonElement assignment, long version, DateTimeOffset to) =>
        directory.Administrator.PostAsJsonAsync($"{Assignments}/{assignment.Id()}/end", new { version, to });
}
