using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Reporting;

public sealed class ReportTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Reports = "/api/inbound-sms/reports";

    private HttpClient Chair => fixture.Client(roles: Roles.Chair);

    [Fact]
    public async Task SMS_11_a_recap_counts_by_unit_class_and_day_and_its_total_is_of_everything()
    {
        var day = fixture.Clock.GetUtcNow();
        (await AnswerAsync(await fixture.SendAndRouteAsync("DINKES KELUHAN rekap satu", "+6281230000001"), fixture.DinkesOfficial)).ShouldBe(HttpStatusCode.Accepted);
        await fixture.SendAndRouteAsync("DPU rekap dua", "+6281230000002");
        await fixture.SendAndRouteAsync("TAKADA rekap tiga", "+6281230000003");

        var units = await RecapAsync("Unit");
        var health = Row(units, "DINKES");
        health.GetProperty("received").GetInt64().ShouldBeGreaterThanOrEqualTo(1);
        health.GetProperty("inTime").GetInt64().ShouldBe(health.GetProperty("answered").GetInt64());
        health.GetProperty("medianSeconds").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        Row(units, null).GetProperty("waiting").GetInt64().ShouldBeGreaterThanOrEqualTo(1);
        Row(await RecapAsync("Class"), "Complaint").GetProperty("received").GetInt64().ShouldBeGreaterThanOrEqualTo(1);
        var total = units.GetProperty("total").GetProperty("received").GetInt64();
        total.ShouldBe(Sum(units));
        Sum(await RecapAsync("Day")).ShouldBe(total);
        Row(await RecapAsync("Day"), day.AddHours(7).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)).GetProperty("received").GetInt64().ShouldBeGreaterThanOrEqualTo(3);
        total.ShouldBe(await fixture.Database.ScalarAsync<long>("select count(*) from sms_case"));
    }

    [Fact]
    public async Task SMS_7_SMS_11_late_and_overdue_are_told_apart()
    {
        var late = await fixture.SendAndRouteAsync("DPU dijawab terlambat", "+6281230000011");
        await fixture.SendAndRouteAsync("DPU tidak pernah dijawab", "+6281230000012");
        fixture.Clock.Advance(TimeSpan.FromHours(4));
        await fixture.SignIn.PublishAsync(fixture.Database, fixture.Clock.GetUtcNow());
        var before = Row(await RecapAsync("Unit"), "DPU");
        await Eventually.GetAsync(() => AnswerAsync(late, fixture.DpuOfficial), status => status == HttpStatusCode.Accepted);
        var after = Row(await RecapAsync("Unit"), "DPU");
        (after.GetProperty("late").GetInt64() - before.GetProperty("late").GetInt64()).ShouldBe(1);
        (before.GetProperty("overdue").GetInt64() - after.GetProperty("overdue").GetInt64()).ShouldBe(1);
        after.GetProperty("overdue").GetInt64().ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("from=2026-01-05&to=2026-01-04", "to")]
    [InlineData("from=2020-01-05&to=2026-01-04", "to")]
    [InlineData("from=2026-01-01&to=2026-01-31&by=Weather", "by")]
    [InlineData("from=2026-01-01&to=2026-01-31&by=1", "by")]
    [InlineData("from=yesterday&to=2026-01-31", "from")]
    [InlineData("to=2026-01-31", "from")]
    [InlineData("from=9999-12-31&to=9999-12-31", "to")]
    public async Task SMS_11_a_period_that_makes_no_sense_is_refused_by_name(string query, string field)
    {
        foreach (var path in new[] { "recap", "recap.ods" })
        {
            var answer = await Chair.GetAsync($"{Reports}/{path}?{query}");
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
            (await answer.Content.ReadAsStringAsync()).ShouldContain($"\"{field}\"");
        }
    }

    [Fact]
    public async Task SMS_11_a_recap_is_a_spreadsheet_too()
    {
        var answer = await Chair.GetAsync($"{Reports}/recap.ods?{Month}&by=Unit");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.oasis.opendocument.spreadsheet");
        Encoding.ASCII.GetString((await answer.Content.ReadAsByteArrayAsync()).AsSpan(30, 8)).ShouldBe("mimetype");
    }

    [Fact]
    public async Task SMS_11_what_recurs_has_one_name_and_is_counted_with_the_period_before()
    {
        var created = await Chair.PostAsJsonAsync("/api/inbound-sms/problems", new { name = "Jalan berlubang" });
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var problem = await created.Content.ReadFromJsonAsync<JsonElement>();
        (await Chair.PostAsJsonAsync("/api/inbound-sms/problems", new { name = "JALAN BERLUBANG" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        var message = await fixture.SendAndRouteAsync("DPU jalan berlubang lagi", "+6281230000021");
        var official = fixture.Client(fixture.DpuOfficial);
        var id = problem.GetProperty("id").GetGuid();
        (await official.PutAsJsonAsync($"/api/inbound-sms/messages/{message}/problem", new { problemId = id })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await official.PutAsJsonAsync($"/api/inbound-sms/messages/{message}/problem", new { problemId = id })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.Client(fixture.DinkesOfficial).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/problem", new { problemId = id })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await official.PutAsJsonAsync($"/api/inbound-sms/messages/{message}/problem", new { problemId = Guid.CreateVersion7() })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var row = (await Chair.GetFromJsonAsync<JsonElement>($"{Reports}/problems?{Month}")).GetProperty("problems").EnumerateArray()
            .Single(row => row.GetProperty("id").GetGuid() == id);
        row.GetProperty("cases").GetInt64().ShouldBe(1);
        row.GetProperty("casesBefore").GetInt64().ShouldBe(0);
        row.GetProperty("units").GetInt64().ShouldBe(1);
        Row(await RecapAsync("Problem"), id.ToString()).GetProperty("received").GetInt64().ShouldBe(1);

        var closed = await Chair.PatchAsJsonAsync($"/api/inbound-sms/problems/{id}", new { version = 1, closed = true });
        closed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var stale = await Chair.PatchAsJsonAsync($"/api/inbound-sms/problems/{id}", new { version = 1, name = "Lain" });
        stale.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await stale.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("current").GetProperty("version").GetInt64().ShouldBe(2);
        (await official.PutAsJsonAsync($"/api/inbound-sms/messages/{message}/problem", new { problemId = id })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await official.PutAsJsonAsync($"/api/inbound-sms/messages/{message}/problem", new { problemId = (Guid?)null })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static string Month => "from=2026-01-01&to=2026-01-31";

    private Task<JsonElement> RecapAsync(string by) => Chair.GetFromJsonAsync<JsonElement>($"{Reports}/recap?{Month}&by={by}");

    private static JsonElement Row(JsonElement recap, string? key) => recap.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("key").GetString() == key);

    private static long Sum(JsonElement recap) => recap.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("received").GetInt64());

    private async Task<HttpStatusCode> AnswerAsync(Guid message, Guid official) =>
        (await fixture.Client(official).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Sudah kami tangani" })).StatusCode;
}
