using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Emergencies;

public sealed class DutyRosterTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Roster = "/api/inbound-sms/duty-roster";

    private DateTimeOffset Now => fixture.Clock.GetUtcNow();

    [Fact]
    public async Task SMS_12_the_head_of_a_unit_keeps_its_roster_and_several_are_on_duty_at_once()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        using var head = fixture.Client(office.Officials[0], roles: Roles.HeadOfUnit);
        var first = await AddAsync(head, office.Unit, office.Officials[0]);
        var second = await AddAsync(head, office.Unit, office.Officials[1]);

        (await ListAsync(fixture.Client(office.Officials[1]))).ShouldBe([Id(second), Id(first)], ignoreOrder: true);
        (await ListAsync(fixture.Client(fixture.DpuOfficial))).ShouldNotContain(Id(first));
        (await ListAsync(fixture.Client(roles: Roles.Chair), $"?unit={office.Unit}")).ShouldBe([Id(second), Id(first)], ignoreOrder: true);
    }

    [Fact]
    public async Task SMS_12_a_roster_is_kept_by_the_unit_and_the_secretariat_and_by_nobody_else()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        object Shift(Guid? unit) => new { unitId = unit, officialId = office.Officials[1], startsAt = Now, endsAt = Now.AddHours(1) };
        using var @operator = fixture.Client(office.Officials[1], roles: Roles.UnitOperator);
        (await @operator.PostAsJsonAsync(Roster, Shift(office.Unit))).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await fixture.Client(office.Officials[1]).PostAsJsonAsync(Roster, Shift(office.Unit))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        // Head of another unit, and a member that claims to lead.
        await (await fixture.Client(fixture.DpuOfficial, roles: Roles.HeadOfUnit).PostAsJsonAsync(Roster, Shift(office.Unit))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "unit-unknown", "unitId");
        await (await fixture.Client(office.Officials[1], roles: Roles.HeadOfUnit).PostAsJsonAsync(Roster, Shift(office.Unit))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "unit-unknown", "unitId");
        // The secretariat's own.
        await (await @operator.PostAsJsonAsync(Roster, Shift(null))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "unit-unknown", "unitId");
        (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync(Roster, Shift(null))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData(0, 0, "shift-end", "endsAt")]
    [InlineData(2, 1, "shift-end", "endsAt")]
    [InlineData(-3, -1, "shift-end", "endsAt")]
    [InlineData(0, 24 * 32, "shift-end", "endsAt")]
    public async Task SMS_12_a_shift_has_an_end_that_makes_sense(int fromHour, int toHour, string code, string field) =>
        await (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync(Roster, new { officialId = fixture.DpuOfficial, startsAt = Now.AddHours(fromHour), endsAt = Now.AddHours(toHour) }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, code, field);

    [Fact]
    public async Task SMS_12_only_who_works_in_the_unit_is_on_duty_for_it()
    {
        var office = await fixture.OfficeAsync();
        await (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync(Roster, new { unitId = office.Unit, officialId = fixture.DpuOfficial, startsAt = Now, endsAt = Now.AddHours(1) }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "official-not-in-unit", "officialId");
        await (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync(Roster, new { officialId = Guid.CreateVersion7(), startsAt = Now, endsAt = Now.AddHours(1) }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "official-not-in-unit", "officialId");
        await (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync(Roster, new { startsAt = Now, endsAt = Now.AddHours(1) })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "officialId");
    }

    [Fact]
    public async Task SMS_12_a_shift_is_moved_or_ended_early_and_of_two_who_do_so_one_sees_what_the_other_did()
    {
        var office = await fixture.OfficeAsync();
        using var head = fixture.Client(office.Officials[0], roles: Roles.HeadOfUnit);
        var shift = await AddAsync(head, office.Unit, office.Officials[0], from: Now.AddHours(1));
        Task<HttpResponseMessage> MoveAsync(HttpClient who, DateTimeOffset starts, DateTimeOffset ends, long version) =>
            who.PutAsJsonAsync($"{Roster}/{Id(shift)}", new { startsAt = starts, endsAt = ends, version });

        var both = await Task.WhenAll(MoveAsync(head, Now.AddMinutes(-5), Now.AddHours(4), 1), MoveAsync(head, Now.AddMinutes(-5), Now.AddHours(5), 1));
        both.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        var current = (await both.Single(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile")).GetProperty("current");
        current.GetProperty("version").GetInt64().ShouldBe(2);

        var starts = current.GetProperty("startsAt").GetDateTimeOffset();
        await (await MoveAsync(head, Now.AddHours(1), Now.AddHours(4), 2)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "shift-begun", "startsAt");
        await (await head.DeleteAsync($"{Roster}/{Id(shift)}")).ShouldRefuseAsync(HttpStatusCode.Conflict, "shift-begun");
        await (await MoveAsync(fixture.Client(fixture.DpuOfficial, roles: Roles.HeadOfUnit), starts, Now, 2)).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
        (await MoveAsync(head, starts, Now.AddMinutes(-1), 2)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await MoveAsync(head, starts, Now.AddHours(9), 3)).ShouldRefuseAsync(HttpStatusCode.Conflict, "shift-over");
        (await ListAsync(head)).ShouldNotContain(Id(shift));
        (await ListAsync(head, "?past=true")).ShouldContain(Id(shift));
    }

    [Fact]
    public async Task SMS_12_a_shift_that_has_not_begun_is_taken_off()
    {
        var office = await fixture.OfficeAsync();
        using var head = fixture.Client(office.Officials[0], roles: Roles.HeadOfUnit);
        var shift = await AddAsync(head, office.Unit, office.Officials[0], from: Now.AddHours(1));
        (await fixture.Client(fixture.DpuOfficial, roles: Roles.HeadOfUnit).DeleteAsync($"{Roster}/{Id(shift)}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await head.DeleteAsync($"{Roster}/{Id(shift)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await head.DeleteAsync($"{Roster}/{Id(shift)}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(Roster + "?cursor=abc", "cursor")]
    [InlineData(Roster + "?unit=abc", "unit")]
    [InlineData(Roster + "?past=maybe", "past")]
    [InlineData("/api/inbound-sms/emergency-words?cursor=abc", "cursor")]
    [InlineData("/api/inbound-sms/set-aside-proposals?cursor=abc", "cursor")]
    public async Task SMS_12_a_wrong_filter_is_a_problem_that_names_the_field(string path, string field) =>
        await (await fixture.Client(roles: Roles.Chair).GetAsync(path)).ShouldRefuseAsync(HttpStatusCode.BadRequest, field == "cursor" ? "cursor" : "value", field);

    private async Task<JsonElement> AddAsync(HttpClient who, Guid unit, Guid official, DateTimeOffset? from = null)
    {
        var answer = await who.PostAsJsonAsync(Roster, new { unitId = unit, officialId = official, startsAt = from ?? Now, endsAt = (from ?? Now).AddHours(8) });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static Guid Id(JsonElement shift) => shift.GetProperty("id").GetGuid();

    private static async Task<List<Guid>> ListAsync(HttpClient who, string query = "") =>
        [.. (await who.GetFromJsonAsync<JsonElement>(Roster + query)).GetProperty("items").EnumerateArray().Select(Id)];
}
