using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Answering;

public sealed class DraftTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_6_a_draft_is_kept_for_its_writer_and_colleagues_see_for_some_minutes_that_he_is_at_it()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} konsep", "+6281260000001");
        var (first, second) = (office.Officials[0], office.Officials[1]);
        (await SaveAsync(first, message, "")).GetProperty("beingAnsweredBy").GetArrayLength().ShouldBe(0);
        (await SaveAsync(first, message, "Petugas datang besok €")).GetProperty("length").GetProperty("characters").GetInt32().ShouldBe(23);
        var seen = await fixture.ReadAsync(second, $"messages/{message}");
        seen.GetProperty("draft").ValueKind.ShouldBe(JsonValueKind.Null);
        seen.GetProperty("beingAnsweredBy").EnumerateArray().Single().GetProperty("officialId").GetGuid().ShouldBe(first);
        (await fixture.ReadAsync(second, "messages")).GetProperty("items")[0].GetProperty("beingAnsweredBy").GetProperty("officialId").GetGuid().ShouldBe(first);
        (await SaveAsync(second, message, "Saya juga")).GetProperty("beingAnsweredBy").EnumerateArray().Single().GetProperty("officialId").GetGuid().ShouldBe(first);

        fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        (await fixture.ReadAsync(second, $"messages/{message}")).GetProperty("beingAnsweredBy").GetArrayLength().ShouldBe(0);
        fixture.Clock.Advance(TimeSpan.FromMinutes(-5));
        (await fixture.ReadAsync(first, $"messages/{message}")).GetProperty("draft").GetString().ShouldBe("Petugas datang besok €");

        await SaveAsync(first, message, "Lagi");
        (await fixture.Client(first).DeleteAsync($"/api/inbound-sms/messages/{message}/draft")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.ReadAsync(second, $"messages/{message}")).GetProperty("beingAnsweredBy").GetArrayLength().ShouldBe(0);
        (await fixture.ReadAsync(second, $"messages/{message}")).GetProperty("draft").GetString().ShouldBe("Saya juga");
    }

    [Fact]
    public async Task SMS_6_drafts_end_with_the_answer_and_who_was_not_quick_enough_is_told_who_was()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} keduluan", "+6281260000002");
        await SaveAsync(office.Officials[0], message, "Hampir selesai");
        (await fixture.Client(office.Officials[1]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Sudah saya jawab" })).EnsureSuccessStatusCode();
        foreach (var late in new[]
        {
            await fixture.Client(office.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Terlambat" }),
            await fixture.Client(office.Officials[0]).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/draft", new { text = "Terlambat" }),
        })
        {
            var current = (await late.ShouldRefuseAsync(HttpStatusCode.Conflict, "already-answered")).GetProperty("current");
            current.GetProperty("answeredBy").GetProperty("officialId").GetGuid().ShouldBe(office.Officials[1]);
            current.GetProperty("answeredBy").GetProperty("position").GetString().ShouldStartWith("Jabatan");
        }

        (await fixture.Database.ScalarAsync<long>("select count(*) from answer_draft d join sms_case c on c.id = d.case_id where c.status = 'Answered'")).ShouldBe(0);
    }

    [Fact]
    public async Task SMS_6_of_many_saves_at_once_one_draft_is_left()
    {
        var office = await fixture.OfficeAsync();
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} simpan beruntun", "+6281260000003");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => SaveAsync(office.Officials[0], message, $"Versi {n}")));
        (await fixture.ReadAsync(office.Officials[0], $"messages/{message}")).GetProperty("draft").GetString().ShouldStartWith("Versi");
    }

    [Fact]
    public async Task SMS_6_a_draft_of_anothers_case_is_not_saved_and_a_wrong_one_names_the_field()
    {
        var office = await fixture.OfficeAsync();
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} bukan untuk lain", "+6281260000004");
        var path = $"/api/inbound-sms/messages/{message}/draft";
        (await fixture.Client(fixture.DpuOfficial).PutAsJsonAsync(path, new { text = "a" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(fixture.DpuOfficial).DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await fixture.Client(office.Officials[0]).PutAsJsonAsync(path, new { text = new string('a', 919) })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "text");
        await (await fixture.Client(office.Officials[0]).PutAsJsonAsync(path, new { text = (string?)null })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "text");
        (await fixture.Client(roles: Roles.Chair).PutAsJsonAsync(path, new { text = "a" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<JsonElement> SaveAsync(Guid who, Guid message, string text)
    {
        var answer = await fixture.Client(who).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/draft", new { text });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
