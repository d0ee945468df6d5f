using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Broadcast.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Reporting;

/// <summary>A city whose calendar is looked at each second.</summary>
public sealed class CalendarFixture : BroadcastFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(base.Settings) { ["Reporting:LookEvery"] = "00:00:01" };
}

public sealed class MonthlyReportTests(CalendarFixture fixture) : IClassFixture<CalendarFixture>
{
    private const string Monthly = "/api/broadcasts/reports/monthly";

    [Fact]
    public async Task BRO_9_each_month_is_reported_once_by_the_calendar_and_goes_to_the_Mayor_through_the_secretary()
    {
        var sent = await fixture.AddSentAsync(kind: "Question", recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Failed")]);
        await fixture.StartInstanceAsync();

        // Two months later than the first one, a minute before six in the morning of Jakarta: only January is due.
        fixture.Clock.Advance(new DateTimeOffset(2026, 2, 28, 22, 59, 0, TimeSpan.Zero) - fixture.Clock.GetUtcNow());
        await ScheduledAsync("2026-01-01");
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await ScheduledAsync("2026-01-01 2026-02-01");
        await fixture.SignIn.PublishAsync(fixture.Database, fixture.Clock.GetUtcNow());
        await Eventually.GetAsync(() => fixture.Database.ScalarAsync<long>(
            "select count(*) from monthly_report r join monthly_report_print p on p.report_id = r.id where r.is_scheduled"), printed => printed == 2, seconds: 100);

        var chair = fixture.Client(roles: Roles.Chair);
        var january = (await chair.GetFromJsonAsync<JsonElement>(Monthly)).GetProperty("items").EnumerateArray()
            .Single(r => r.GetProperty("isScheduled").GetBoolean() && r.GetProperty("month").GetString() == "2026-01");
        january.GetProperty("monthName").GetString().ShouldBe("Januari 2026");
        var id = january.GetProperty("id").GetGuid();
        var row = (await chair.GetFromJsonAsync<JsonElement>($"{Monthly}/{id}")).GetProperty("figures").GetProperty("broadcasts").EnumerateArray().Single(b => b.GetProperty("number").GetInt64() == sent.Number);
        (row.GetProperty("kind").GetString(), row.GetProperty("outcome").GetProperty("delivered").GetInt64(), row.GetProperty("outcome").GetProperty("failed").GetInt64()).ShouldBe(("Question", 1, 1));
        Encoding.ASCII.GetString((await chair.GetByteArrayAsync($"{Monthly}/{id}/report.pdf")).AsSpan(0, 5)).ShouldBe("%PDF-");
        Encoding.ASCII.GetString((await chair.GetByteArrayAsync($"{Monthly}/{id}/report.ods")).AsSpan(30, 8)).ShouldBe("mimetype");

        var (secretary, mayor) = (fixture.Client(roles: Roles.RegionalSecretary), fixture.Client(roles: Roles.Mayor));
        (await secretary.GetAsync($"{Monthly}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(secretary, $"{id}/forwarding")).ShouldBe(HttpStatusCode.Conflict);
        (await PostAsync(chair, $"{id}/submission")).ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync(chair, $"{id}/submission")).ShouldBe(HttpStatusCode.Conflict);
        (await secretary.GetAsync($"{Monthly}/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await mayor.GetAsync($"{Monthly}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(mayor, $"{id}/forwarding")).ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(secretary, $"{id}/forwarding")).ShouldBe(HttpStatusCode.NoContent);
        (await mayor.GetAsync($"{Monthly}/{id}/report.ods")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await mayor.GetFromJsonAsync<JsonElement>(Monthly)).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task BRO_9_a_month_produced_anew_is_another_revision_and_the_earlier_one_stays()
    {
        var chair = fixture.Client(roles: Roles.Chair);
        var month = fixture.Clock.GetUtcNow().AddHours(7).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        var revisions = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => chair.PostAsJsonAsync(Monthly, new { month })));
        var created = revisions.Where(answer => answer.StatusCode == HttpStatusCode.Created).ToList();
        created.ShouldNotBeEmpty();
        revisions.Except(created).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Conflict);
        var unfinished = await chair.PostAsJsonAsync(Monthly, new { month = $"{month}-01" });
        unfinished.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await chair.PostAsync($"{unfinished.Headers.Location}/submission", content: null)).StatusCode.ShouldBe(HttpStatusCode.Conflict, "its figures will still change");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from monthly_report where month = '{month}-01' and not is_scheduled")).ShouldBe(created.Count + 1);

        foreach (var wrong in new[] { "2026-13", "9001-01", "1999-01", "nanti", "" })
            (await chair.PostAsJsonAsync(Monthly, new { month = wrong })).StatusCode.ShouldBe(HttpStatusCode.BadRequest, wrong);
    }

    [Fact]
    public async Task BRO_9_of_an_emergency_that_was_let_go_the_month_says_what_was_said_afterwards_and_of_others_nothing()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Delivered")]);
        var examined = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Delivered")]);
        await fixture.Database.ExecuteAsync($"update broadcast set is_emergency = true where id in ('{sent.Id}', '{examined.Id}'); update broadcast set afterwards = 'Disapproved' where id = '{sent.Id}'");
        var chair = fixture.Client(roles: Roles.Chair);
        var produced = await chair.PostAsJsonAsync(Monthly, new { month = fixture.Clock.GetUtcNow().AddHours(7).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture) });
        produced.StatusCode.ShouldBe(HttpStatusCode.Created);
        var rows = (await chair.GetFromJsonAsync<JsonElement>(produced.Headers.Location)).GetProperty("figures").GetProperty("broadcasts").EnumerateArray()
            .ToDictionary(b => b.GetProperty("number").GetInt64());
        var row = rows[sent.Number];
        row.GetProperty("afterwards").GetString().ShouldBe("Disapproved");
        rows[examined.Number].GetProperty("afterwards").ValueKind.ShouldBe(JsonValueKind.Null, "it was examined before it went");
        row.GetProperty("outcome").GetProperty("cost").ValueKind.ShouldBe(JsonValueKind.Null, "no price is set");
        (await OdsAsync(await chair.GetByteArrayAsync($"{produced.Headers.Location}/report.ods"))).ShouldNotContain("Perkiraan biaya");
    }

    private static async Task<string> OdsAsync(byte[] spreadsheet)
    {
        using var zip = new ZipArchive(new MemoryStream(spreadsheet));
        using var reader = new StreamReader(await zip.GetEntry("content.xml")!.OpenAsync());
        return await reader.ReadToEndAsync();
    }

    private Task<string> ScheduledAsync(string months) => Eventually.GetAsync(
        () => fixture.Database.ScalarAsync<string>("select coalesce(string_agg(month::text, ' ' order by month), '') from monthly_report where is_scheduled"), found => found == months);

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string path) => (await client.PostAsync($"{Monthly}/{path}", null)).StatusCode;
}
