using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace InboundSms.Tests.Duplicates;

public sealed class DuplicateTests(DuplicateFixture fixture) : IClassFixture<DuplicateFixture>, IAsyncLifetime
{
    private const string Path = "/api/inbound-sms/suspected-duplicates";

    /// <summary>The clock moves on; Directory is heard of all the time.</summary>
    public async ValueTask InitializeAsync()
    {
        await fixture.SignIn.PublishAsync(fixture.Database, fixture.Clock.GetUtcNow().AddDays(100));
        fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(async () => (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"{Path}/{Guid.CreateVersion7()}/verdict", new { verdict = "Duplicate" })).StatusCode == HttpStatusCode.NotFound);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<Guid> CaseOfAsync(Guid message) => fixture.Database.ScalarAsync<Guid>($"select case_id from case_message where message_id = '{message}'");

    private async Task<(Guid First, Guid Second)> TwiceAsync(string text, string from, TimeSpan apart)
    {
        var first = await fixture.SendAndRouteAsync(text, from);
        fixture.Clock.Advance(apart);
        return (first, await fixture.SendAndRouteAsync(text, from));
    }

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient client, string query = "") =>
        [.. JsonDocument.Parse(await client.GetStringAsync($"{Path}{query}")).RootElement.GetProperty("items").EnumerateArray()];

    [Fact]
    public async Task SMS_1_the_same_words_three_seconds_later_under_another_id_are_kept_marked_and_open_no_second_case()
    {
        var (first, second) = await TwiceAsync("DINKES ganda", "+6281710000001", TimeSpan.FromSeconds(3));
        (await CaseOfAsync(second)).ShouldBe(await CaseOfAsync(first));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from sms_case where first_message_id in ('{first}', '{second}')")).ShouldBe(1);
        var official = fixture.Client(fixture.DinkesOfficial);
        var conversation = JsonDocument.Parse(await official.GetStringAsync($"/api/inbound-sms/messages/{first}")).RootElement.GetProperty("conversation").EnumerateArray().ToList();
        conversation.Select(item => item.GetProperty("suspectedDuplicateOf").ToString()).ShouldBe(["", first.ToString()]);
        var item = (await ItemsAsync(official)).Single(item => item.GetProperty("id").GetGuid() == second);
        item.GetProperty("originalId").GetGuid().ShouldBe(first);
        item.GetProperty("senderMasked").GetString().ShouldNotBe("+6281710000001");
        (await ItemsAsync(fixture.Client(fixture.DpuOfficial))).ShouldNotContain(item => item.GetProperty("id").GetGuid() == second);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from case_event where case_id = '{await CaseOfAsync(first)}' and kind = 'DuplicateSuspected'")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_a_repeat_without_keyword_is_answered_once()
    {
        var (_, second) = await TwiceAsync("tolong pak", "+6281710000002", TimeSpan.FromSeconds(3));
        (await fixture.Database.ScalarAsync<long>("select count(*) from auto_answer where sender = '+6281710000002'")).ShouldBe(1);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from suspected_duplicate where message_id = '{second}'")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_five_copies_at_once_to_two_instances_are_one_case_and_four_suspects()
    {
        var other = await fixture.StartInstanceAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(n => fixture.SendSmsAsync("DINKES lima kali", "+6281710000003", $"five-{n}", n % 2 == 0 ? other : null)));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("""
            select count(*) = 5 and count(distinct cm.case_id) = 1 and count(s.message_id) = 4
            from case_message cm join message m on m.id = cm.message_id left join suspected_duplicate s on s.message_id = m.id where m.provider_message_id like 'five-%'
            """));
    }

    [Theory]
    [InlineData(120, "DINKES tolong", true)]
    [InlineData(121, "DINKES tolong", false)]
    [InlineData(1200, "DINKES tolong", false)]
    public async Task SMS_1_only_within_two_minutes_is_a_repeat_suspected(int seconds, string text, bool isSuspected)
    {
        var (first, second) = await TwiceAsync(text, $"+62817100010{seconds % 97:00}", TimeSpan.FromSeconds(seconds));
        (await fixture.Database.ScalarAsync<bool>($"select exists (select from suspected_duplicate where message_id = '{second}')")).ShouldBe(isSuspected);
        (await CaseOfAsync(first) == await CaseOfAsync(second)).ShouldBe(isSuspected);
    }

    [Fact]
    public async Task SMS_1_who_repeats_with_growing_pauses_opens_no_second_case()
    {
        var (first, second) = await TwiceAsync("DINKES berulang", "+6281710000011", TimeSpan.FromSeconds(38));
        fixture.Clock.Advance(TimeSpan.FromSeconds(114));
        var third = await fixture.SendAndRouteAsync("DINKES berulang", "+6281710000011");
        (await CaseOfAsync(third)).ShouldBe(await CaseOfAsync(first));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from suspected_duplicate where message_id in ('{second}', '{third}') and original_id = '{first}'")).ShouldBe(2);
    }

    [Fact]
    public async Task SMS_1_what_was_judged_a_matter_of_its_own_is_the_one_that_is_repeated_then()
    {
        var (first, second) = await TwiceAsync("DINKES sendiri", "+6281710000012", TimeSpan.FromSeconds(100));
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"{Path}/{second}/verdict", new { verdict = "OwnMatter" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        fixture.Clock.Advance(TimeSpan.FromSeconds(100));
        var third = await fixture.SendAndRouteAsync("DINKES sendiri", "+6281710000012");
        (await CaseOfAsync(third)).ShouldBe(await CaseOfAsync(second));
        (await CaseOfAsync(third)).ShouldNotBe(await CaseOfAsync(first));
        (await fixture.Database.ScalarAsync<Guid>($"select original_id from suspected_duplicate where message_id = '{third}'")).ShouldBe(second);
    }

    [Fact]
    public async Task SMS_1_other_words_and_other_numbers_are_no_repeats()
    {
        var first = await fixture.SendAndRouteAsync("DINKES sama", "+6281710000004");
        var words = await fixture.SendAndRouteAsync("DINKES Sama", "+6281710000004");
        var number = await fixture.SendAndRouteAsync("DINKES sama", "+6281710000005");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from suspected_duplicate where message_id in ('{first}', '{words}', '{number}')")).ShouldBe(0);
    }

    [Fact]
    public async Task SMS_1_an_official_says_that_it_is_a_repeat()
    {
        var (first, second) = await TwiceAsync("DINKES dua", "+6281710000006", TimeSpan.FromSeconds(3));
        var official = fixture.Client(fixture.DinkesOfficial);
        (await official.PostAsJsonAsync($"{Path}/{second}/verdict", new { verdict = "Duplicate" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await CaseOfAsync(second)).ShouldBe(await CaseOfAsync(first));
        (await ItemsAsync(official)).ShouldNotContain(item => item.GetProperty("id").GetGuid() == second);
        (await ItemsAsync(official, "?decided=true")).ShouldContain(item => item.GetProperty("id").GetGuid() == second);
        (await official.PostAsJsonAsync($"{Path}/{second}/verdict", new { verdict = "OwnMatter" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task SMS_1_a_matter_of_its_own_has_its_own_case_and_its_deadline_from_its_own_receipt()
    {
        var (first, second) = await TwiceAsync("DINKES pisah", "+6281710000007", TimeSpan.FromSeconds(60));
        var received = fixture.Clock.GetUtcNow();
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"{Path}/{second}/verdict", new { verdict = "OwnMatter" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await CaseOfAsync(second)).ShouldNotBe(await CaseOfAsync(first));
        (await fixture.Database.ScalarAsync<bool>($"""
            select c.received_at = '{received:O}' and c.due_at = '{received.AddHours(3):O}' and c.position_id = '{fixture.Dinkes}' and c.keyword = 'DINKES' and c.status = 'Open'
            from sms_case c where c.first_message_id = '{second}'
            """)).ShouldBeTrue();
        (await fixture.Database.ScalarAsync<string>($"select string_agg(kind, ' ' order by kind) from case_event where case_id = '{await CaseOfAsync(second)}'")).ShouldBe("Opened SplitOff");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from case_event where case_id = '{await CaseOfAsync(first)}' and kind = 'MessageLeft'")).ShouldBe(1);
        (await fixture.Database.ScalarAsync<bool>($"select exists (select from case_words where case_id = '{await CaseOfAsync(second)}')")).ShouldBeTrue();
    }

    [Fact]
    public async Task SMS_1_of_two_people_at_once_one_judges_and_the_other_is_told()
    {
        var (_, second) = await TwiceAsync("DINKES serentak", "+6281710000008", TimeSpan.FromSeconds(3));
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 6).Select(n =>
            fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"{Path}/{second}/verdict", new { verdict = n % 2 == 0 ? "OwnMatter" : "Duplicate" })));
        verdicts.Count(verdict => verdict.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        verdicts.Count(verdict => verdict.StatusCode == HttpStatusCode.Conflict).ShouldBe(5);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from sms_case where first_message_id = '{second}'")).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task SMS_1_who_may_not_see_the_case_does_not_judge_and_no_verdict_is_none()
    {
        var (first, second) = await TwiceAsync("DINKES lain", "+6281710000009", TimeSpan.FromSeconds(3));
        (await fixture.Client(fixture.DpuOfficial).PostAsJsonAsync($"{Path}/{second}/verdict", new { verdict = "Duplicate" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"{Path}/{first}/verdict", new { verdict = "Duplicate" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var body in new object[] { new { }, new { verdict = "Maybe" }, new { verdict = 1 } })
            (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"{Path}/{second}/verdict", body)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await fixture.Client(fixture.DinkesOfficial).GetAsync($"{Path}?cursor=x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
