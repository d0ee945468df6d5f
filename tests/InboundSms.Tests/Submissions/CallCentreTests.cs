using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Submissions;

public sealed class CallCentreTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_12_what_a_caller_says_becomes_a_case_and_its_answer_goes_to_him_by_SMS_from_the_default_channel()
    {
        var called = fixture.Clock.GetUtcNow().AddMinutes(-20);
        var entered = await EnteredAsync(new { text = "Katanya air keruh", callerNumber = "0812-9100-0001", keyword = "DPU", @class = "Complaint", name = "Pak Joko", calledAt = called });
        var (id, number) = (entered.GetProperty("id").GetGuid(), entered.GetProperty("caseNumber").GetInt64());
        await RoutedAsync(number);
        (await Database<string>($"select concat_ws(' ', channel, keyword, class, status) from sms_case where number = {number}")).ShouldBe("CallCentre DPU Complaint Open");
        (await Database<DateTime>($"select provider_time from message where id = '{id}'")).ShouldBe(called.UtcDateTime);
        (await Database<bool>($"select c.received_at = m.received_at and c.due_at = m.received_at + interval '3 hours' from sms_case c join message m on m.id = c.first_message_id where m.id = '{id}'"))
            .ShouldBeTrue();
        // By default the official sees no more than that somebody gave a name; for a reason he sees it.
        using var official = fixture.Client(fixture.DpuOfficial);
        (await official.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}")).GetProperty("contact").GetProperty("nameMasked").GetString().ShouldBe("P••• J•••");
        var shown = await (await official.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/sender", new { reason = "harus ditelepon" })).Content.ReadFromJsonAsync<JsonElement>();
        (shown.GetProperty("sender").GetString(), shown.GetProperty("name").GetString()).ShouldBe(("+6281291000001", "Pak Joko"));
        var answered = await fixture.Client(fixture.DpuOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Pipa sedang diperbaiki" });
        var answer = (await answered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        var sms = await fixture.Bus.GetAsync<SendSms>(command => command.SmsId == answer);
        sms.ShouldSatisfyAllConditions(s => s.To.ShouldBe("+6281291000001"), s => s.Channel.ShouldBe(""), s => s.From.ShouldBeNull(), s => s.Purpose.ShouldBe(SmsPurpose.Answer));
    }

    [Fact]
    public async Task SMS_12_the_history_says_who_wrote_down_what_the_caller_said()
    {
        var operatorId = Guid.CreateVersion7();
        var response = await fixture.Client(operatorId, roles: Roles.UnitOperator).PostAsJsonAsync("/api/inbound-sms/messages", new { text = "Pohon tumbang", keyword = "DPU" });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var number = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("caseNumber").GetInt64();
        await RoutedAsync(number);
        (await Database<string>($"""
            select e.actor || ' ' || (d.details ->> 'channel') from case_event e join case_event_content d on d.event_id = e.id join sms_case c on c.id = e.case_id
            where c.number = {number} and e.kind = 'Opened'
            """)).ShouldBe($"{operatorId} CallCentre");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("(021) 7123-4567")]
    public async Task SMS_12_a_caller_whom_no_SMS_reaches_reads_the_answer_with_his_code(string? callerNumber)
    {
        var entered = await EnteredAsync(new { text = "Telepon tanpa ponsel", callerNumber, keyword = "DINKES" });
        var (id, number) = (entered.GetProperty("id").GetGuid(), entered.GetProperty("caseNumber").GetInt64());
        await RoutedAsync(number);
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Datang ke loket dua" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/publik/api/cases/{number}") { Headers = { { "Receipt-Code", entered.GetProperty("receiptCode").GetString() } } };
        var page = await (await fixture.Client().SendAsync(request)).Content.ReadFromJsonAsync<JsonElement>();
        page.GetProperty("answers")[0].GetProperty("text").GetString().ShouldBe("Datang ke loket dua");
    }

    [Fact]
    public async Task SMS_12_an_SMS_of_the_caller_without_keyword_joins_the_case_of_his_call()
    {
        var entered = await EnteredAsync(new { text = "Lewat telepon dulu", callerNumber = "+6281291000002", keyword = "DINKES" });
        await RoutedAsync(entered.GetProperty("caseNumber").GetInt64());
        var sms = await fixture.SendAndRouteAsync("ini fotonya menyusul", "+6281291000002");
        (await Database<long>($"select c.number from sms_case c join case_message m on m.case_id = c.id where m.message_id = '{sms}'")).ShouldBe(entered.GetProperty("caseNumber").GetInt64());
    }

    [Fact]
    public async Task SMS_12_the_same_idempotency_key_is_one_call()
    {
        using var client = fixture.Client(roles: Roles.Secretary);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "telepon-1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.PostAsJsonAsync("/api/inbound-sms/messages", new { text = "Satu telepon saja", keyword = "DINKES" })));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        (await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()))).Distinct().ShouldHaveSingleItem();
        (await Database<long>("select count(*) from message_content where text = 'Satu telepon saja'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{}""", "text")]
    [InlineData("""{"text":"\u200b"}""", "text")]
    [InlineData("""{"text":"x","callerNumber":"PROMO"}""", "callerNumber")]
    [InlineData("""{"text":"x","callerNumber":"4444"}""", "callerNumber")]
    [InlineData("""{"text":"x","keyword":"TAKADA"}""", "keyword")]
    [InlineData("""{"text":"x","positionId":"0193e3a0-0000-7000-8000-000000000000"}""", "positionId")]
    [InlineData("""{"text":"x","calledAt":"2025-01-01T00:00:00Z"}""", "calledAt")]
    [InlineData("""{"text":"x","calledAt":"2030-01-01T00:00:00Z"}""", "calledAt")]
    [InlineData("""{"text":"x","class":"Gosip"}""", "class")]
    public async Task SMS_12_a_wrong_entry_is_a_problem_that_names_the_field(string body, string field)
    {
        var response = await fixture.Client(roles: Roles.Administrator).PostAsync("/api/inbound-sms/messages", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    [Fact]
    public async Task SMS_12_an_official_and_the_chair_enter_no_calls()
    {
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync("/api/inbound-sms/messages", new { text = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync("/api/inbound-sms/messages", new { text = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<JsonElement> EnteredAsync(object request)
    {
        var response = await fixture.Client(roles: Roles.Secretary).PostAsJsonAsync("/api/inbound-sms/messages", request);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task RoutedAsync(long number) => Eventually.TrueAsync(() => Database<bool>($"select exists (select from sms_case where number = {number})"));

    private Task<T> Database<T>(string sql) => fixture.Database.ScalarAsync<T>(sql);
}
