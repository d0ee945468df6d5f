using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Inbox;

public sealed class InboxSearchTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Theory]
    [InlineData("berlubang", true)]
    [InlineData("BERLUBANG jalan", true)]
    [InlineData("lubang", true)]
    [InlineData("\"jalan raya\"", true)]
    [InlineData("\"raya jalan\"", false)]
    [InlineData("jembatan", true)]
    [InlineData("banjir", false)]
    [InlineData("jalan -raya", false)]
    [InlineData("!!", false)]
    [InlineData("' or 1=1 --", false)]
    public async Task SMS_4_words_of_every_message_of_a_case_find_it(string words, bool found)
    {
        var office = await fixture.OfficeAsync();
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} jalan raya berlubang", "+6281241000001");
        await fixture.SendAndRouteAsync("juga jembatan miring", "+6281241000001");
        var query = $"?words={Uri.EscapeDataString(words)}";
        (await fixture.IdsAsync(fixture.Client(office.Officials[0]), query)).ShouldBe(found ? [message] : []);
        (await fixture.IdsAsync(fixture.Client(roles: Roles.Secretary), query + $"&keyword={office.Keyword}")).ShouldBe(found ? [message] : []);
        (await fixture.IdsAsync(fixture.Client(fixture.DinkesOfficial), query)).ShouldNotContain(message);
        await fixture.Database.ExecuteAsync($"update sms_case set status = 'Answered' where first_message_id = '{message}'");
    }

    [Fact]
    public async Task SMS_4_words_go_with_a_case_of_the_tray_to_its_position_and_are_gone_when_they_are_erased()
    {
        var office = await fixture.OfficeAsync();
        var message = await fixture.SendAndRouteAsync("ENTAHAPA layangan tersangkut", "+6281241000002");
        var (chair, official) = (fixture.Client(roles: Roles.Chair), fixture.Client(office.Officials[0]));
        (await fixture.IdsAsync(chair, "?words=layangan")).ShouldBe([message]);
        (await fixture.IdsAsync(official, "?words=layangan")).ShouldBeEmpty();
        (await chair.PostAsJsonAsync($"/api/inbound-sms/messages/{message}/assignment", new { keyword = office.Keyword })).EnsureSuccessStatusCode();
        (await fixture.IdsAsync(official, "?words=layangan")).ShouldBe([message]);
        (await fixture.Database.ScalarAsync<bool>($"select erase_message('{message}', 'Request')")).ShouldBeTrue();
        (await fixture.Database.ScalarAsync<bool>("select exists (select from case_words where words @@ to_tsquery('indonesian', 'layangan'))")).ShouldBeFalse();
    }

    [Fact]
    public async Task SMS_4_a_flood_in_one_case_never_outgrows_the_search()
    {
        var office = await fixture.OfficeAsync();
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} awal", "+6281241000003");
        await fixture.Database.ExecuteAsync($"""
            update case_words set words = (select to_tsvector('indonesian', string_agg('kata' || n, ' ')) from generate_series(1, 5000) n)
            where case_id = (select id from sms_case where first_message_id = '{message}')
            """);
        await fixture.SendAndRouteAsync("tambahan lagi", "+6281241000003");
        (await fixture.Database.ScalarAsync<int>($"select length(words) from case_words where case_id = (select id from sms_case where first_message_id = '{message}')")).ShouldBe(5000);
    }

    [Fact]
    public async Task SMS_7_the_most_urgent_first_are_those_that_wait_by_when_they_are_due()
    {
        var office = await fixture.OfficeAsync();
        var (client, ids) = (fixture.Client(office.Officials[0]), new List<Guid>());
        for (var n = 0; n < 3; n++)
        {
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            ids.Add(await fixture.SendAndRouteAsync($"{office.Keyword} mendesak {n}", $"+628124200000{n}"));
        }

        (await client.PostAsJsonAsync($"/api/inbound-sms/messages/{ids[1]}/answers", new { text = "Sudah" })).EnsureSuccessStatusCode();
        (await fixture.IdsAsync(client, "?sort=urgent")).ShouldBe([ids[0], ids[2]]);
        (await fixture.IdsAsync(client)).ShouldBe([ids[2], ids[1], ids[0]]);
        (await fixture.IdsAsync(client, "?status=Answered")).ShouldBe([ids[1]]);
        (await fixture.IdsAsync(client, $"?from=2026-01-05T09:00:00&to={Uri.EscapeDataString(fixture.Clock.GetUtcNow().AddSeconds(-1).ToString("O"))}")).ShouldBe([ids[0]]);
        var number = (await client.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{ids[2]}")).GetProperty("caseNumber").GetInt64();
        (await fixture.IdsAsync(client, $"?caseNumber={number}")).ShouldBe([ids[2]]);
        (await fixture.IdsAsync(fixture.Client(fixture.DinkesOfficial), $"?caseNumber={number}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_5_class_and_priority_narrow_the_list()
    {
        var office = await fixture.OfficeAsync();
        var client = fixture.Client(office.Officials[0]);
        var question = await fixture.SendAndRouteAsync($"{office.Keyword} TANYA jam buka", "+6281246000001");
        var complaint = await fixture.SendAndRouteAsync($"{office.Keyword} KELUHAN antre lama", "+6281246000002");
        await fixture.Database.ExecuteAsync($"update sms_case set priority = 'Emergency' where first_message_id = '{complaint}'");
        (await fixture.IdsAsync(client, "?class=question")).ShouldBe([question]);
        (await fixture.IdsAsync(client, "?priority=Emergency")).ShouldBe([complaint]);
        (await fixture.IdsAsync(client, "?priority=Emergency&class=Question")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("newest")]
    [InlineData("urgent")]
    public async Task SMS_4_pages_of_several_positions_hold_every_case_once_in_order(string sort)
    {
        var office = await fixture.OfficeAsync();
        var second = await fixture.PositionAsync(office.Unit);
        var sent = new List<Guid>();
        for (var n = 0; n < 104; n++)
        {
            if (n % 3 == 0)
                fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
            sent.Add(await fixture.SendAndRouteAsync($"{(n % 4 == 0 ? second.Keyword : office.Keyword)} ke {n}", $"+6281243{(sort == "urgent" ? 1 : 2)}{n:00000}"));
        }

        // More of them than a page holds.
        await fixture.Database.ExecuteAsync($"update sms_case set priority = 'Emergency' where first_message_id in ('{string.Join("','", sent.Where((_, n) => n % 2 == 0))}')");
        var (seen, times, cursor) = (new List<Guid>(), new List<(bool IsNormal, DateTimeOffset DueAt)>(), (string?)null);
        do
        {
            var page = await fixture.ReadAsync(office.Officials[0], $"messages?sort={sort}&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            times.AddRange(page.GetProperty("items").EnumerateArray()
                .Select(item => (sort == "urgent" && item.GetProperty("priority").GetString() == "Normal", item.GetProperty("dueAt").GetDateTimeOffset())));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        seen.ShouldBe(sent, ignoreOrder: true);
        times.ShouldBeInOrder(sort == "urgent" ? SortDirection.Ascending : SortDirection.Descending);
    }

    [Fact]
    public async Task SMS_4_the_head_reads_the_units_below_by_the_tree_and_answers_only_his_own()
    {
        var top = await fixture.OfficeAsync(officials: 2);
        var middle = await fixture.OfficeAsync(above: top.Unit);
        var bottom = await fixture.OfficeAsync(above: middle.Unit);
        // 1.20 begins like 1.2 and is not below it.
        await fixture.UnitAsync(top.Unit, "1.2");
        var alike = await fixture.UnitAsync(null, "1.20");
        var stranger = await fixture.PositionAsync(alike);
        var low = await fixture.SendAndRouteAsync($"{bottom.Keyword} di bawah", "+6281244000001");
        var strange = await fixture.SendAndRouteAsync($"{stranger.Keyword} di luar", "+6281244000002");

        (await fixture.IdsAsync(fixture.Client(top.Officials[0]))).ShouldBe([low]);
        (await fixture.IdsAsync(fixture.Client(top.Officials[0]), $"?unit={bottom.Unit}")).ShouldBe([low]);
        (await fixture.IdsAsync(fixture.Client(top.Officials[0]), $"?unit={alike}")).ShouldBeEmpty();
        (await fixture.IdsAsync(fixture.Client(roles: Roles.Secretary), $"?unit={top.Unit}")).ShouldBe([low]);
        (await fixture.Client(top.Officials[0]).GetAsync($"/api/inbound-sms/messages/{low}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Client(top.Officials[0]).GetAsync($"/api/inbound-sms/messages/{strange}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(top.Officials[1]).GetAsync($"/api/inbound-sms/messages/{low}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.IdsAsync(fixture.Client(bottom.Officials[0]), $"?unit={top.Unit}")).ShouldBe([low]);
        (await fixture.Client(top.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{low}/answers", new { text = "Dari atas" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task DIR_1_a_circle_in_the_copy_which_events_out_of_order_can_make_stops_nobody()
    {
        var (first, second) = (await fixture.OfficeAsync(), await fixture.OfficeAsync());
        var message = await fixture.SendAndRouteAsync($"{second.Keyword} melingkar", "+6281244000003");
        await fixture.Database.ExecuteAsync($"update organisation.unit set parent_id = '{first.Unit}' where id = '{second.Unit}'; update organisation.unit set parent_id = '{second.Unit}' where id = '{first.Unit}'");
        (await fixture.IdsAsync(fixture.Client(first.Officials[0]))).ShouldBe([message]);
    }

    [Theory]
    [InlineData("081245000001")]
    [InlineData("+62 812-4500-0001")]
    [InlineData("6281245000001")]
    public async Task SMS_11_the_secretariat_finds_a_sender_by_his_number_and_that_is_noted(string spelled)
    {
        var first = await fixture.SendAndRouteAsync("DINKES pengirim dicari", "+6281245000001");
        var found = await SearchAsync(Roles.Secretary, new { number = spelled, reason = "Warga menelepon, lupa nomor kasus" });
        var page = await found.Content.ReadFromJsonAsync<JsonElement>();
        page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ShouldContain(first);
        page.GetRawText().ShouldNotContain("45000001");
        (await fixture.HistoryAsync(first)).ShouldContain(happened => happened.StartsWith("FoundByNumber", StringComparison.Ordinal) && happened.Contains("Warga menelepon", StringComparison.Ordinal));
        await SearchAsync(Roles.Secretary, new { number = "081299999999", reason = "Tidak ada hasil" });
        var searches = await fixture.Client(roles: Roles.Auditor).GetFromJsonAsync<JsonElement>("/api/inbound-sms/number-searches");
        searches.GetProperty("items").EnumerateArray().GroupBy(item => item.GetProperty("reason").GetString(), item => item.GetProperty("found").GetInt32())
            .ShouldAllBe(reason => reason.All(found => found > 0 == reason.Key!.StartsWith("Warga", StringComparison.Ordinal)));
        searches.GetRawText().ShouldNotContain("9999999");
    }

    [Theory]
    [InlineData("{\"number\":\"\",\"reason\":\"alasan\"}", "number")]
    [InlineData("{\"number\":\"()\",\"reason\":\"alasan\"}", "number")]
    [InlineData("{\"number\":\"0812\\u0000345\",\"reason\":\"alasan\",\"cursor\":\"x\"}", "cursor")]
    [InlineData("{\"number\":\"081245000001\"}", "reason")]
    [InlineData("{\"number\":\"081245000001\",\"reason\":\"     \"}", "reason")]
    public async Task SMS_11_a_wrong_search_by_number_is_a_problem_that_names_the_field(string body, string field)
    {
        var answer = await fixture.Client(roles: Roles.Secretary).PostAsync("/api/inbound-sms/messages/number-search", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field, StringCompareShould.IgnoreCase);
    }

    [Fact]
    public async Task SMS_4_an_official_finds_nobody_by_his_number_and_no_address_takes_one()
    {
        var official = fixture.Client(fixture.DinkesOfficial);
        (await official.PostAsJsonAsync("/api/inbound-sms/messages/number-search", new { number = "081245000001", reason = "Ingin tahu" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await official.GetAsync("/api/inbound-sms/messages?words=0812-4500-0001")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "number-in-address", "words");
    }

    [Theory]
    [InlineData("words=a", "words")]
    [InlineData("words=ab%00", "words")]
    [InlineData("sort=size", "sort")]
    [InlineData("sort=1", "sort")]
    [InlineData("class=Gosip", "class")]
    [InlineData("priority=Tinggi", "priority")]
    [InlineData("from=kemarin", "from")]
    [InlineData("to=2026-13-01", "to")]
    [InlineData("unit=00000000-0000-0000-0000-000000000001", "unit")]
    [InlineData("caseNumber=0", "caseNumber")]
    [InlineData("caseNumber=99999999999999999999", "caseNumber")]
    public async Task SMS_4_a_wrong_search_is_a_problem_that_names_the_field(string query, string field)
    {
        var answer = await fixture.Client(fixture.DinkesOfficial).GetAsync($"/api/inbound-sms/messages?{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    private async Task<HttpResponseMessage> SearchAsync(string role, object request)
    {
        var answer = await fixture.Client(roles: role).PostAsJsonAsync("/api/inbound-sms/messages/number-search", request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return answer;
    }
}
