using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.History;

public sealed class GetHistoryTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_7_every_second_of_the_clock_is_explained()
    {
        var id = await fixture.SendAndRouteAsync("LUPA kata kuncinya", "+6281280000001");
        await PassAsync(new TimeSpan(0, 12, 31));
        await Eventually.TrueAsync(async () =>
            (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/assignment", new { keyword = "dinkes" })).IsSuccessStatusCode);
        await PassAsync(new TimeSpan(1, 2, 3));

        var running = await GetAsync(id, fixture.DinkesOfficial);
        running.GetProperty("stoppedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        SumOf(running).ShouldBe(running.GetProperty("elapsedSeconds").GetInt64());

        await AnswerAsync(id);
        await PassAsync(TimeSpan.FromHours(2));
        var history = await GetAsync(id, fixture.DinkesOfficial);
        history.GetProperty("segments").EnumerateArray().Select(segment => segment.GetProperty("text").GetString()).ShouldBe(["di baki sekretariat 00:12:31", "di DINKES 01:02:03"]);
        history.GetProperty("segments").EnumerateArray().Select(segment => segment.GetProperty("position").GetString()).ShouldBe([null, "Kepala Dinas Kesehatan"]);
        history.GetProperty("elapsedSeconds").GetInt64().ShouldBe(12 * 60 + 31 + 3600 + 2 * 60 + 3);
        SumOf(history).ShouldBe(history.GetProperty("elapsedSeconds").GetInt64());
        (history.GetProperty("stoppedAt").GetDateTimeOffset() - history.GetProperty("receivedAt").GetDateTimeOffset()).TotalSeconds.ShouldBe(SumOf(history), 1);
    }

    [Fact]
    public async Task SMS_7_the_history_says_what_happened_and_who_did_it()
    {
        await fixture.Bus.PublishAsync(new OfficialChanged { OfficialId = fixture.DinkesOfficial, Name = "dr. Sri Wahyuni, M.Kes.", Version = 1 });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select exists (select from organisation.official)"));
        var id = await fixture.SendAndRouteAsync("DINKES siapa yang menjawab", "+6281280000002");
        await PassAsync(TimeSpan.FromMinutes(1));
        await AnswerAsync(id);
        var items = (await GetAsync(id, fixture.DinkesOfficial)).GetProperty("items").EnumerateArray().ToList();
        items.Select(item => (item.GetProperty("kind").GetString(), item.GetProperty("actor").GetString(), item.GetProperty("post").GetString()))
            .ShouldBe([("Answered", "dr. Sri Wahyuni, M.Kes.", "Kepala Dinas Kesehatan"), ("Opened", "sistem", null)]);
        items[0].GetProperty("officialId").GetGuid().ShouldBe(fixture.DinkesOfficial);
        items[1].GetProperty("details").GetProperty("keyword").GetString().ShouldBe("DINKES");
    }

    [Fact]
    public async Task SMS_10_the_time_until_a_case_was_set_aside_and_what_came_after_are_told()
    {
        var id = await fixture.SendAndRouteAsync("DINKES kata kasar", "+6281280000012");
        await PassAsync(TimeSpan.FromMinutes(10));
        var proposal = await PostAsync(fixture.Client(fixture.DinkesOfficial), id, "set-aside", new { ground = "Indecent", reason = "Kata kasar" });
        await PostAsync(fixture.Client(roles: Roles.Chair), id, "set-aside/decision", new { proposalId = proposal.GetProperty("id").GetGuid(), confirms = true });
        await PassAsync(TimeSpan.FromMinutes(5));
        var aside = await GetAsync(id, fixture.DinkesOfficial);
        (aside.GetProperty("elapsedSeconds").GetInt64(), SumOf(aside)).ShouldBe((600, 600));

        await PostAsync(fixture.Client(roles: Roles.Chair), id, "set-aside/undo", new { reason = "Ternyata bahasa daerah" });
        await PassAsync(TimeSpan.FromMinutes(2));
        await AnswerAsync(id);
        var answered = await GetAsync(id, fixture.DinkesOfficial);
        answered.GetProperty("segments").EnumerateArray().Select(segment => segment.GetProperty("text").GetString())
            .ShouldBe(["di DINKES 00:10:00", "dikesampingkan 00:05:00", "di DINKES 00:02:00"]);
        answered.GetProperty("elapsedSeconds").GetInt64().ShouldBe(17 * 60);
    }

    [Fact]
    public async Task PLT_6_the_history_speaks_the_language_of_who_reads_it()
    {
        var id = await fixture.SendAndRouteAsync("ENTAH bahasa apa", "+6281280000003");
        await PassAsync(TimeSpan.FromSeconds(5));
        using var chair = fixture.Client(roles: Roles.Chair);
        chair.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("en"));
        var history = await chair.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}/history");
        history.GetProperty("segments")[0].GetProperty("text").GetString().ShouldBe("in the tray of the secretariat 00:00:05");
        history.GetProperty("items")[0].GetProperty("actor").GetString().ShouldBe("system");
    }

    [Fact]
    public async Task SMS_7_pages_hold_every_event_once_and_each_the_whole_clock()
    {
        var id = await fixture.SendAndRouteAsync("DINKES banyak kejadian", "+6281280000004");
        for (var n = 0; n < 60; n++)
        {
            // Slower than a flood, which would be one entry.
            fixture.Clock.Advance(TimeSpan.FromMinutes(7));
            await fixture.SendAndRouteAsync($"lanjutan {n}", "+6281280000004");
        }

        var (seen, kinds, cursor, pages) = (new List<Guid>(), new List<string?>(), (string?)null, 0);
        do
        {
            var page = await GetAsync(id, fixture.DinkesOfficial, $"?cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            kinds.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("kind").GetString()));
            page.GetProperty("segments").GetArrayLength().ShouldBe(1);
            cursor = page.GetProperty("next").GetString();
            pages++;
        }
        while (cursor is not null);
        seen.ShouldBeUnique();
        (await fixture.Database.ScalarAsync<long>($"""
            select count(*) from case_event e join sms_case c on c.id = e.case_id where c.first_message_id = '{id}' and e.kind = 'MessageJoined'
            """)).ShouldBe(kinds.Count(kind => kind == "MessageJoined"));
        kinds.ShouldContain("Opened");
        pages.ShouldBe(2);
    }

    [Fact]
    public async Task SMS_4_the_history_is_for_those_who_may_read_the_case()
    {
        var id = await fixture.SendAndRouteAsync("DINKES bukan untuk semua", "+6281280000005");
        (await fixture.Client(fixture.DpuOfficial).GetAsync($"/api/inbound-sms/messages/{id}/history")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(roles: Roles.Chair).GetAsync($"/api/inbound-sms/messages/{Guid.CreateVersion7()}/history")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(roles: Roles.Auditor).GetAsync($"/api/inbound-sms/messages/{id}/history")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await fixture.Client().GetAsync($"/api/inbound-sms/messages/{id}/history")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var wrong = await fixture.Client(fixture.DinkesOfficial).GetAsync($"/api/inbound-sms/messages/{id}/history?cursor=salah");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("cursor");
    }

    [Fact]
    public async Task PLT_9_what_the_law_had_erased_leaves_a_gap_in_the_words_and_none_in_the_clock()
    {
        var id = await fixture.SendAndRouteAsync("DINKES dihapus kemudian", "+6281280000006");
        await PassAsync(TimeSpan.FromMinutes(3));
        await fixture.Database.ExecuteAsync($"""
            delete from case_event_content where event_id in (select e.id from case_event e join sms_case c on c.id = e.case_id where c.first_message_id = '{id}')
            """);
        var history = await GetAsync(id, fixture.DinkesOfficial);
        history.GetProperty("items")[0].GetProperty("details").ValueKind.ShouldBe(JsonValueKind.Null);
        SumOf(history).ShouldBe(180);
    }

    private static long SumOf(JsonElement history) => history.GetProperty("segments").EnumerateArray().Sum(segment => segment.GetProperty("seconds").GetInt64());

    private async Task PassAsync(TimeSpan time)
    {
        fixture.Clock.Advance(time);
        await fixture.SignIn.PublishAsync(fixture.Database, fixture.Clock.GetUtcNow().AddDays(1));
    }

    private async Task AnswerAsync(Guid id) => await Eventually.TrueAsync(async () =>
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Baik" })).IsSuccessStatusCode);

    private static async Task<JsonElement> PostAsync(HttpClient client, Guid id, string act, object request)
    {
        var answer = await Eventually.GetAsync(() => client.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/{act}", request), answer => answer.IsSuccessStatusCode);
        return answer.StatusCode == HttpStatusCode.NoContent ? default : await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<JsonElement> GetAsync(Guid id, Guid official, string query = "") =>
        fixture.Client(official).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}/history{query}");
}
