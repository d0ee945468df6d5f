using System.Net;
using System.Net.Http.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Inbox;

public sealed class HandlerTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_4_a_case_is_taken_handed_on_and_given_back_and_its_history_says_so()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        var (head, staff) = (office.Officials[0], office.Officials[1]);
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} siapa mengurus", "+6281240000001");

        (await SetAsync(staff, message, staff)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.ReadAsync(head, $"messages/{message}")).GetProperty("handler").GetProperty("officialId").GetGuid().ShouldBe(staff);
        (await fixture.IdsAsync(fixture.Client(staff), "?mine=true")).ShouldBe([message]);
        (await fixture.IdsAsync(fixture.Client(head), "?mine=true")).ShouldBeEmpty();
        (await SetAsync(head, message, head)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SetAsync(head, message, null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.ReadAsync(head, $"messages/{message}")).GetProperty("handler").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        (await fixture.HistoryAsync(message)).Count(happened => happened.StartsWith("HandlerChanged", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task SMS_4_of_two_who_take_a_case_at_once_one_has_it_and_the_other_is_told_who()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} rebutan", "+6281240000002");
        await fixture.StartInstanceAsync();
        var version = await fixture.VersionAsync(message);
        var answers = await Task.WhenAll(office.Officials.Select((official, n) => SetAsync(official, message, official, version, instance: n)));

        var winner = office.Officials[Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.NoContent)];
        var problem = await answers.Single(answer => answer.StatusCode != HttpStatusCode.NoContent).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        var current = problem.GetProperty("current");
        current.GetProperty("handler").GetProperty("officialId").GetGuid().ShouldBe(winner);
        current.GetProperty("handler").GetProperty("position").GetString().ShouldStartWith("Jabatan");
        current.GetProperty("version").GetInt64().ShouldBe(version + 1);
    }

    [Fact]
    public async Task SMS_4_what_is_said_twice_happens_once()
    {
        var office = await fixture.OfficeAsync();
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} dua kali", "+6281240000003");
        (await SetAsync(office.Officials[0], message, office.Officials[0])).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SetAsync(office.Officials[0], message, office.Officials[0])).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.HistoryAsync(message)).Count(happened => happened.StartsWith("HandlerChanged", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_4_nobody_outside_the_unit_takes_a_case_or_is_given_it()
    {
        var (office, other) = (await fixture.OfficeAsync(), await fixture.OfficeAsync());
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} bukan urusan lain", "+6281240000004");
        (await SetAsync(other.Officials[0], message, other.Officials[0])).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await SetAsync(office.Officials[0], message, other.Officials[0])).ShouldRefuseAsync(HttpStatusCode.BadRequest, "official-outside-unit", "officialId");
        (await fixture.Client(roles: Roles.Chair).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/handler", new { officialId = (Guid?)null, version = 1 }))
            .StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("{\"version\":1}", "officialId")]
    [InlineData("{\"officialId\":null}", "version")]
    [InlineData("{\"officialId\":\"bukan\",\"version\":1}", "officialId")]
    public async Task SMS_4_a_wrong_handler_is_a_problem_that_names_the_field(string body, string field)
    {
        var answer = await fixture.Client(fixture.DinkesOfficial).PutAsync($"/api/inbound-sms/messages/{Guid.CreateVersion7()}/handler",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field);
    }

    private async Task<HttpResponseMessage> SetAsync(Guid who, Guid message, Guid? handler, long? version = null, int instance = 0) =>
        await fixture.Client(who, instance).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/handler", new { officialId = handler, version = version ?? await fixture.VersionAsync(message) });
}
