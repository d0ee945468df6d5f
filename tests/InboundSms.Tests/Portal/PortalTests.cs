using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Contracts.Notification;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Portal;

/// <summary>What everybody can read: the feed with its search, Open311, open data. Nobody signs in.</summary>
public sealed class PortalTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Feed = "/publik/api/messages";
    private const string Open311 = "/publik/open311/v2";

    private HttpClient Everybody => fixture.Client();

    [Fact]
    public async Task SMS_8_words_are_searched_in_what_is_shown_and_in_nothing_else()
    {
        var id = await PublishAsync("DINKES puskesmas kehabisan obatnya, hub 081234567890", "Stok kalimaya datang", "+6281310000001");
        var other = await PublishAsync("DPU jembatan putus", "Diperbaiki", "+6281310000002");
        (await IdsAsync("words=obat")).ShouldBe([id]);
        (await IdsAsync("words=kalimaya puskesmas")).ShouldBe([id]);
        (await IdsAsync("words=\"jembatan putus\"")).ShouldBe([other]);
        (await IdsAsync("words=jembatan -putus")).ShouldBeEmpty();
        (await IdsAsync("words=081234567890")).ShouldBeEmpty();
        (await IdsAsync("words=puskesmas&unit=DPU")).ShouldBeEmpty();
        (await IdsAsync("unit=DPU&words=jembatan")).ShouldBe([other]);
        (await IdsAsync("unit=DPU")).ShouldNotContain(id);
        (await IdsAsync("unit=TAKADA")).ShouldBeEmpty();
        (await IdsAsync($"words=jembatan&from={fixture.Clock.GetUtcNow().AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBeEmpty();
        (await IdsAsync($"words=jembatan&to={fixture.Clock.GetUtcNow().AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBe([other]);
    }

    [Fact]
    public async Task SMS_5_the_public_can_look_for_a_class()
    {
        var id = await PublishAsync("DINKES usul tambah dokter gigi", "Terima kasih", "+6281310000003");
        await fixture.Database.ExecuteAsync($"update sms_case set class = 'Proposal' where first_message_id = '{id}'");
        (await IdsAsync("class=proposal&words=gigi")).ShouldBe([id]);
        (await IdsAsync("class=Complaint&words=gigi")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("' or 1=1 --")]
    [InlineData("((( | & ! :* <-> \\")]
    [InlineData("\"")]
    [InlineData("👨‍👩‍👧")]
    public async Task SMS_8_any_words_can_be_looked_for(string words) =>
        (await Everybody.GetAsync($"{Feed}?words={(words == "%00" ? words : Uri.EscapeDataString(words))}")).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("/publik/api/messages?class=1", "class")]
    [InlineData("/publik/api/messages?class=lain", "class")]
    [InlineData("/publik/api/messages?from=kemarin", "from")]
    [InlineData("/publik/api/messages?to=besok", "to")]
    [InlineData("/publik/api/messages?cursor=abc", "cursor")]
    [InlineData("/publik/api/response-times?month=2026-13", "month")]
    [InlineData("/publik/api/response-times.csv?month=kini", "month")]
    [InlineData("/publik/data/cases.csv?from=kemarin", "from")]
    [InlineData("/publik/data/cases.json?to=x", "to")]
    [InlineData("/publik/data/cases.json?from=2024-01-01&to=2026-01-01", "to")]
    [InlineData("/publik/data/cases.csv?from=2026-02-01&to=2026-01-01", "to")]
    [InlineData("/publik/data/cases.csv?to=0001-01-02", "to")]
    public async Task SMS_8_a_wrong_question_names_its_field(string url, string field)
    {
        var response = await Everybody.GetAsync(url);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await response.Content.ReadAsStringAsync());
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    [Theory]
    [InlineData("/publik/api/messages")]
    [InlineData("/publik/api/units")]
    [InlineData("/publik/api/response-times")]
    [InlineData("/publik/open311/v2/requests.xml")]
    [InlineData("/publik/data/cases.json")]
    [InlineData("/publik/data/cases.csv?from=2026-01-01&to=2026-02-01")]
    [InlineData("/publik/data/cases.json?from=2026-01-01&to=2026-02-01")]
    public async Task SMS_8_caches_keep_an_answer_a_minute_at_most_and_can_ask_whether_it_is_still_the_same(string url)
    {
        var first = await Everybody.GetAsync(url);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Headers.CacheControl!.Public.ShouldBeTrue();
        first.Headers.CacheControl.MaxAge!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
        async Task<HttpResponseMessage> AgainAsync()
        {
            using var again = new HttpRequestMessage(HttpMethod.Get, url);
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            return await Everybody.SendAsync(again);
        }

        var same = await AgainAsync();
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await same.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        if (url.Contains("units", StringComparison.Ordinal) || url.Contains("response", StringComparison.Ordinal))
            return;
        await PublishAsync($"DINKES baru {url.Length}", "Baik", $"+62813200000{url.Length}");
        (await AgainAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SMS_8_Open311_lists_services_and_public_cases_in_both_formats()
    {
        var id = await PublishAsync("DPU lampu \u0001 <mati> & gelap, hub 081234567890", "Sudah \"menyala\"", "+6281310000004");
        var number = await NumberAsync(id);
        var services = await Everybody.GetFromJsonAsync<JsonElement>($"{Open311}/services.json");
        var dpu = services.EnumerateArray().Single(service => service.GetProperty("service_code").GetString() == "DPU");
        dpu.GetProperty("service_name").GetString().ShouldBe("Kepala Dinas Pekerjaan Umum");
        dpu.GetProperty("type").GetString().ShouldBe("realtime");

        var request = (await Everybody.GetFromJsonAsync<JsonElement>($"{Open311}/requests/{number}.json")).EnumerateArray().Single();
        request.GetProperty("service_request_id").GetString().ShouldBe($"{number}");
        request.GetProperty("status").GetString().ShouldBe("closed");
        request.GetProperty("service_code").GetString().ShouldBe("DPU");
        request.GetProperty("agency_responsible").GetString().ShouldBe("Unit DPU");
        request.GetProperty("status_notes").GetString().ShouldBe("Sudah \"menyala\"");
        request.GetProperty("requested_datetime").GetString()!.ShouldEndWith("Z");
        request.GetProperty("extended_attributes").GetProperty("channel").GetString().ShouldBe("Sms");
        request.GetProperty("extended_attributes").GetProperty("status_history").EnumerateArray().Select(change => change.GetProperty("status").GetString())
            .ShouldBe(["open", "closed"]);

        var response = await Everybody.GetAsync($"{Open311}/requests.xml?service_request_id={number}");
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/xml; charset=utf-8");
        var xml = XDocument.Parse(await response.Content.ReadAsStringAsync());
        xml.Declaration!.Encoding.ShouldBe("utf-8");
        xml.Root!.Name.LocalName.ShouldBe("service_requests");
        var element = xml.Root.Elements("request").Single();
        element.Element("description")!.Value.ShouldBe("DPU lampu \uFFFD <mati> & gelap, hub ████████████");
        element.Element("extended_attributes")!.Element("status_history")!.Elements("status_change").Count().ShouldBe(2);
        XDocument.Parse(await Everybody.GetStringAsync($"{Open311}/services.xml")).Root!.Elements("service").Count().ShouldBe(2);
    }

    [Fact]
    public async Task SMS_8_Open311_takes_the_parameters_of_the_specification()
    {
        var first = await PublishAsync("DPU parameter satu", "Baik", "+6281310000005");
        var second = await PublishAsync("DINKES parameter dua", "Baik", "+6281310000006");
        var (one, two) = (await NumberAsync(first), await NumberAsync(second));
        var now = fixture.Clock.GetUtcNow();
        (await NumbersAsync($"service_request_id={one},{two}")).ShouldBe([one, two], ignoreOrder: true);
        // Overrides all other arguments.
        (await NumbersAsync($"service_request_id={one}&service_code=DINKES&status=open")).ShouldBe([one]);
        (await NumbersAsync("service_code=DPU")).ShouldContain(one);
        (await NumbersAsync("service_code=DPU")).ShouldNotContain(two);
        (await NumbersAsync("service_code=DPU,DINKES&status=open,closed")).ShouldContain(two);
        (await NumbersAsync("status=open")).ShouldBeEmpty();
        (await NumbersAsync($"end_date={now.AddDays(-1):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBeEmpty();
        (await NumbersAsync($"start_date={now.AddDays(-1):yyyy-MM-ddTHH:mm:ssZ}&jurisdiction_id=kota")).ShouldContain(one);
    }

    [Theory]
    [InlineData("requests.json?service_request_id=satu", 400)]
    [InlineData("requests.json?status=deleted", 400)]
    [InlineData("requests.json?start_date=kemarin", 400)]
    [InlineData("requests.json?start_date=2025-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400)]
    [InlineData("requests.json?start_date=2026-01-02T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400)]
    [InlineData("requests/999999999.json", 404)]
    [InlineData("requests/satu.json", 404)]
    [InlineData("services.yaml", 404)]
    public async Task SMS_8_Open311_errors_have_the_shape_of_the_specification(string url, int status)
    {
        var response = await Everybody.GetAsync($"{Open311}/{url}");
        ((int)response.StatusCode).ShouldBe(status);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Single();
        error.GetProperty("code").GetInt32().ShouldBe(status);
        error.GetProperty("description").GetString().ShouldNotBeNullOrEmpty();
        if (url.Contains("json", StringComparison.Ordinal))
        {
            var xml = XDocument.Parse(await (await Everybody.GetAsync($"{Open311}/{url.Replace(".json", ".xml", StringComparison.Ordinal)}")).Content.ReadAsStringAsync());
            xml.Root!.Name.LocalName.ShouldBe("errors");
            xml.Root.Element("error")!.Element("code")!.Value.ShouldBe(status.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task SMS_8_open_data_is_masked_licensed_and_harmless_to_spreadsheets()
    {
        var id = await PublishAsync("DINKES data terbuka, \"hub\" 081234567890\nbaris", "=HYPERLINK(\"http://x\")", "+6281310000007");
        var number = await NumberAsync(id);
        var csv = await Everybody.GetAsync("/publik/data/cases.csv?from=2026-01-01&to=2026-02-01");
        csv.Headers.GetValues("Link").Single().ShouldBe("<https://creativecommons.org/licenses/by/4.0/>; rel=\"license\"");
        var text = await csv.Content.ReadAsStringAsync();
        text.ShouldContain("\"DINKES data terbuka, \"\"hub\"\" ████████████\nbaris\",\"'=HYPERLINK(\"\"http://x\"\")\",\"Sms\",\"false\"\r\n");
        text.Split("\r\n")[0].ShouldEndWith(",\"question\",\"answer\",\"channel\",\"isIncomplete\"");
        text.ShouldNotContain("081234567890");

        var json = await Everybody.GetFromJsonAsync<JsonElement>("/publik/data/cases.json?from=2026-01-01&to=2026-02-01");
        json.GetProperty("license").GetString().ShouldBe("https://creativecommons.org/licenses/by/4.0/");
        var row = json.GetProperty("cases").EnumerateArray().Single(one => one.GetProperty("caseNumber").GetInt64() == number);
        row.GetProperty("unitCode").GetString().ShouldBe("DINKES");
        row.GetProperty("question").GetString().ShouldBe("DINKES data terbuka, \"hub\" ████████████\nbaris");
        row.GetProperty("channel").GetString().ShouldBe("Sms");
        row.GetProperty("minutesToAnswer").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task SMS_8_what_is_taken_down_is_in_no_door_any_more()
    {
        var id = await PublishAsync("DINKES kata langkaxyz", "Baik", "+6281310000008");
        var number = await NumberAsync(id);
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/publication/take-down", new { reason = "diminta" })).EnsureSuccessStatusCode();
        (await IdsAsync("words=langkaxyz")).ShouldBeEmpty();
        (await Everybody.GetAsync($"{Open311}/requests/{number}.json")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Everybody.GetStringAsync("/publik/data/cases.csv?from=2026-01-01&to=2026-02-01")).ShouldNotContain("langkaxyz");
        (await Everybody.GetStringAsync("/publik/data/cases.json?from=2026-01-01&to=2026-02-01")).ShouldNotContain("langkaxyz");
    }

    private async Task<Guid> PublishAsync(string question, string answer, string from)
    {
        var id = await fixture.SendAndRouteAsync(question, from);
        var official = question.StartsWith("DPU", StringComparison.Ordinal) ? fixture.DpuOfficial : fixture.DinkesOfficial;
        var response = await fixture.Client(official).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = answer });
        response.EnsureSuccessStatusCode();
        var given = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = given, Status = DeliveryStatus.Delivered, Version = 1, At = fixture.Clock.GetUtcNow() });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from public_case where message_id = '{id}')"));
        return id;
    }

    private Task<long> NumberAsync(Guid id) => fixture.Database.ScalarAsync<long>($"select number from sms_case where first_message_id = '{id}'");

    private async Task<List<long>> NumbersAsync(string query) => [.. (await Everybody.GetFromJsonAsync<JsonElement>($"{Open311}/requests.json?{query}")).EnumerateArray()
        .Select(request => long.Parse(request.GetProperty("service_request_id").GetString()!, CultureInfo.InvariantCulture))];

    private async Task<List<Guid>> IdsAsync(string query) => [.. (await Everybody.GetFromJsonAsync<JsonElement>($"{Feed}?{query}")).GetProperty("items").EnumerateArray()
        .Select(item => item.GetProperty("id").GetGuid())];
}
