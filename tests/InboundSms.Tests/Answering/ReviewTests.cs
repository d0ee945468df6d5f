using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Answering;

public sealed class ReviewTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_6_where_the_head_reviews_an_answer_waits_for_him_and_both_stand_in_the_history()
    {
        var (office, message) = await ReviewedAsync("+6281261000001");
        var (head, staff) = (office.Officials[0], office.Officials[1]);
        var direct = await fixture.Client(staff).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Langsung" });
        await direct.ShouldRefuseAsync(HttpStatusCode.Conflict, "review-required");
        var version = await ProposeAsync(staff, message, "Konsep jawaban");
        var proposal = (await fixture.ReadAsync(head, $"messages/{message}")).GetProperty("proposal");
        proposal.GetProperty("text").GetString().ShouldBe("Konsep jawaban");
        proposal.GetProperty("by").GetProperty("officialId").GetGuid().ShouldBe(staff);
        (await fixture.ReadAsync(head, "messages")).GetProperty("items")[0].GetProperty("proposal").GetString().ShouldBe("Proposed");
        (await fixture.Database.ScalarAsync<bool>($"select answered_at is null from sms_case where first_message_id = '{message}'")).ShouldBeTrue();

        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        (await ReturnAsync(head, message, version, "Sebutkan jamnya")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.ReadAsync(staff, $"messages/{message}")).GetProperty("proposal").GetProperty("reason").GetString().ShouldBe("Sebutkan jamnya");
        await (await ApproveAsync(head, message, version + 1)).ShouldRefuseAsync(HttpStatusCode.Conflict, "proposal-returned");
        var second = await ProposeAsync(staff, message, "Besok pukul 09.00", version + 1);
        var approval = await ApproveAsync(head, message, second);
        approval.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var answer = (await approval.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.SmsId == answer)).Text.ShouldBe("Besok pukul 09.00");
        (await fixture.Database.ScalarAsync<DateTime>($"select answered_at from sms_case where first_message_id = '{message}'")).ShouldBe(fixture.Clock.GetUtcNow().UtcDateTime);
        (await fixture.HistoryAsync(message)).ShouldContain(happened => happened.StartsWith("Answered", StringComparison.Ordinal)
            && happened.Contains(head.ToString(), StringComparison.Ordinal) && happened.Contains(staff.ToString(), StringComparison.Ordinal));
        (await fixture.ReadAsync(head, $"messages/{message}")).GetProperty("proposal").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task SMS_6_what_is_written_anew_is_not_approved_by_who_read_the_earlier()
    {
        var (office, message) = await ReviewedAsync("+6281261000002", officials: 3);
        var version = await ProposeAsync(office.Officials[1], message, "Satu");
        var other = await ProposeAsync(office.Officials[2], message, "Dua", version);
        await (await ApproveAsync(office.Officials[0], message, version)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        var current = (await (await ReturnAsync(office.Officials[0], message, version, "Kurang jelas")).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile")).GetProperty("current");
        current.GetProperty("proposalVersion").GetInt64().ShouldBe(other);
        await (await PutAsync(office.Officials[1], message, "Tiga", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        (await fixture.ReadAsync(office.Officials[0], $"messages/{message}")).GetProperty("proposal").GetProperty("text").GetString().ShouldBe("Dua");
    }

    [Fact]
    public async Task SMS_6_of_approvals_edits_and_answers_at_once_one_wins_and_the_citizen_gets_one_SMS()
    {
        await fixture.StartInstanceAsync();
        for (var n = 0; n < 5; n++)
        {
            var (office, message) = await ReviewedAsync($"+628126110000{n}");
            var (head, staff) = (office.Officials[0], office.Officials[1]);
            var version = await ProposeAsync(staff, message, "Usulan");
            var all = await Task.WhenAll(ApproveAsync(head, message, version), ApproveAsync(head, message, version, instance: 1), PutAsync(staff, message, "Lain", version),
                fixture.Client(head).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Saya sendiri" }));
            all.ShouldAllBe(one => one.IsSuccessStatusCode || one.StatusCode == HttpStatusCode.Conflict);
            var answers = await fixture.Database.ScalarAsync<long>($"select count(*) from answer a join sms_case c on c.id = a.case_id where c.first_message_id = '{message}'");
            all.Count(one => one.StatusCode == HttpStatusCode.Accepted).ShouldBe((int)answers);
            answers.ShouldBeLessThanOrEqualTo(1);
            (await fixture.Database.ScalarAsync<bool>($"""
                select not exists (select from answer_proposal p join sms_case c on c.id = p.case_id
                  where c.first_message_id = '{message}' and c.status = 'Answered' and p.status in ('Proposed', 'Returned'))
                """)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task SMS_6_only_the_holder_of_the_position_and_the_head_of_its_unit_review()
    {
        var (office, message) = await ReviewedAsync("+6281261000004", officials: 3);
        var version = await ProposeAsync(office.Officials[1], message, "Menunggu kepala");
        (await ApproveAsync(office.Officials[2], message, version)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ReturnAsync(office.Officials[1], message, version, "Sendiri")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ApproveAsync(fixture.DpuOfficial, message, version)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await fixture.Client(office.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/proposal/return", new { version })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "reason");
        await (await fixture.Client(office.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/proposal/approval", new { })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "version");
        await (await PutAsync(office.Officials[1], message, "\u200b", version)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "text");

        // The head's own answer needs nobody else, and ends what was proposed.
        (await fixture.Client(office.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Dari kepala" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await fixture.Database.ScalarAsync<string>("select string_agg(distinct p.status, ' ') from answer_proposal p join sms_case c on c.id = p.case_id where c.first_message_id = '" + message + "'")).ShouldBe("Withdrawn");
        await (await ApproveAsync(office.Officials[0], message, version)).ShouldRefuseAsync(HttpStatusCode.Conflict, "already-answered");
    }

    [Fact]
    public async Task SMS_6_a_proposal_does_not_go_with_a_forwarded_case()
    {
        var (office, message) = await ReviewedAsync("+6281261000005");
        var other = await fixture.OfficeAsync();
        var version = await ProposeAsync(office.Officials[1], message, "Belum sempat");
        (await fixture.Client(office.Officials[1]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/forward",
            new { keyword = other.Keyword, reason = "Unit lain", version = await fixture.VersionAsync(message) })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.ReadAsync(other.Officials[0], $"messages/{message}")).GetProperty("proposal").ValueKind.ShouldBe(JsonValueKind.Null);
        await (await ApproveAsync(other.Officials[0], message, version)).ShouldRefuseAsync(HttpStatusCode.Conflict, "no-proposal");
    }

    [Fact]
    public async Task SMS_6_the_head_says_whether_answers_are_reviewed_and_of_two_at_once_one_does()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        var path = $"/api/inbound-sms/units/{office.Unit}/settings";
        (await fixture.Client(office.Officials[1]).GetFromJsonAsync<JsonElement>(path)).GetProperty("version").GetInt64().ShouldBe(0);
        (await fixture.Client(fixture.DpuOfficial).GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(office.Officials[1]).PutAsJsonAsync(path, new { reviewAnswers = true, version = 0 })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await Head(fixture.DpuOfficial).PutAsJsonAsync(path, new { reviewAnswers = true, version = 0 })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await Head(office.Officials[0]).PutAsJsonAsync(path, new { version = 0 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "reviewAnswers");
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(n => Head(office.Officials[0]).PutAsJsonAsync(path, new { reviewAnswers = n == 0, version = 0 })));
        both.Count(one => one.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        var problem = await both.Single(one => one.StatusCode != HttpStatusCode.OK).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        problem.GetProperty("current").GetProperty("version").GetInt64().ShouldBe(1);
    }

    private HttpClient Head(Guid official) => fixture.Client(official, roles: Roles.HeadOfUnit);

    private async Task<((Guid Unit, Guid Position, string Keyword, Guid[] Officials) Office, Guid Message)> ReviewedAsync(string from, int officials = 2)
    {
        var office = await fixture.OfficeAsync(officials);
        (await Head(office.Officials[0]).PutAsJsonAsync($"/api/inbound-sms/units/{office.Unit}/settings", new { reviewAnswers = true, version = 0 })).EnsureSuccessStatusCode();
        return (office, await fixture.SendAndRouteAsync($"{office.Keyword} mohon jawaban", from));
    }

    private async Task<long> ProposeAsync(Guid who, Guid message, string text, long? version = null)
    {
        var answer = await PutAsync(who, message, text, version);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt64();
    }

    private Task<HttpResponseMessage> PutAsync(Guid who, Guid message, string text, long? version) =>
        fixture.Client(who).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/proposal", new { text, version });

    private Task<HttpResponseMessage> ApproveAsync(Guid who, Guid message, long version, int instance = 0) =>
        fixture.Client(who, instance).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/proposal/approval", new { version });

    private Task<HttpResponseMessage> ReturnAsync(Guid who, Guid message, long version, string reason) =>
        fixture.Client(who).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/proposal/return", new { version, reason });
}
