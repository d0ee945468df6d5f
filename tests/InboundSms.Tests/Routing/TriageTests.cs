using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Routing;

public sealed class TriageTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_5_an_official_sets_the_class_and_the_history_tells_what_was_said_before()
    {
        const string words = "DINKES kapan obat datang?";
        var id = await fixture.SendAndRouteAsync(words, "+6281260000001");
        using var official = fixture.Client(fixture.DinkesOfficial);
        var before = await official.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}");
        (before.GetProperty("class").GetString(), before.GetProperty("classBy").GetString(), before.GetProperty("classRule").GetString()).ShouldBe(("Question", "Rule", "?, kapan"));

        (await SetAsync(official, id, "Complaint", before.GetProperty("version").GetInt64())).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var after = await official.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}");
        (after.GetProperty("class").GetString(), after.GetProperty("classBy").GetString(), after.GetProperty("text").GetString()).ShouldBe(("Complaint", "Official", words));
        (await fixture.HistoryAsync(id)).ShouldContain(line => line.StartsWith("ClassSet", StringComparison.Ordinal) && line.Contains("\"before\":\"Question\""));
        (await (await SetAsync(official, id, "News", 1)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile")).GetProperty("current").GetProperty("version").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task SMS_5_of_two_who_set_the_class_at_once_one_wins()
    {
        var id = await fixture.SendAndRouteAsync("DINKES dua orang sekaligus", "+6281260000002");
        using var official = fixture.Client(fixture.DinkesOfficial);
        var answers = await Task.WhenAll(new[] { "News", "Complaint", "Criticism", "Question", "Proposal" }.Select(@class => SetAsync(official, id, @class, 1)));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(4);
    }

    [Fact]
    public async Task SMS_5_the_unit_and_the_secretariat_set_the_class_and_nobody_else()
    {
        var id = await fixture.SendAndRouteAsync("TANPATUJUAN apa ini", "+6281260000003");
        (await SetAsync(fixture.Client(roles: Roles.Auditor), id, "News", 1)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await SetAsync(fixture.Client(fixture.DpuOfficial), id, "News", 1)).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
        (await SetAsync(fixture.Client(roles: Roles.Secretary), id, "News", 1)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await SetAsync(fixture.Client(roles: Roles.Secretary), Guid.CreateVersion7(), "News", 1)).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("Gossip", 1L, "class")]
    [InlineData(null, 1L, "class")]
    [InlineData("News", null, "version")]
    public async Task SMS_5_a_wrong_class_is_a_problem_that_names_the_field(string? @class, long? version, string field)
    {
        var id = await fixture.SendAndRouteAsync("DINKES isian salah", "+6281260000004");
        await (await fixture.Client(fixture.DinkesOfficial).PutAsJsonAsync($"/api/inbound-sms/messages/{id}/class", new { @class, version }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, @class == "Gossip" ? "json" : "invalid", field);
    }

    private static Task<HttpResponseMessage> SetAsync(HttpClient who, Guid id, string @class, long version) =>
        who.PutAsJsonAsync($"/api/inbound-sms/messages/{id}/class", new { @class, version });
}
