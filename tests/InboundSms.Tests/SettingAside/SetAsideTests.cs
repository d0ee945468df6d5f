using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.SettingAside;

public sealed class SetAsideTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_10_what_breaks_decency_is_set_aside_by_two_people_kept_and_not_answered()
    {
        var id = await fixture.SendAndRouteAsync("DINKES kata-kata kasar", "+6281250000001");
        using var official = fixture.Client(fixture.DinkesOfficial);
        using var chair = fixture.Client(roles: Roles.Chair);
        var proposal = await ProposeAsync(official, id, "Indecent", "Makian terhadap petugas");
        (await StatusAsync(id)).ShouldBe("Open");
        (await ProposalsAsync(chair)).ShouldContain(proposal);
        await AdvanceAsync(TimeSpan.FromMinutes(4));

        (await DecideAsync(chair, id, proposal, confirms: true)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await StatusAsync(id)).ShouldBe("SetAside");
        (await ProposalsAsync(chair)).ShouldNotContain(proposal);
        (await fixture.IdsAsync(official, "?status=SetAside")).ShouldContain(id);
        await (await official.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Jawaban" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "set-aside");
        await (await ProposedAsync(official, id, "Spam", "Sekali lagi")).ShouldRefuseAsync(HttpStatusCode.Conflict, "set-aside");
        (await fixture.Database.ScalarAsync<string>($"select text from message_content where message_id = '{id}'")).ShouldBe("DINKES kata-kata kasar");
        var history = await fixture.HistoryAsync(id);
        history.ShouldContain(line => line.StartsWith("SetAsideProposed", StringComparison.Ordinal) && line.Contains("Indecent"));
        history.ShouldContain(line => line.StartsWith("SetAside {", StringComparison.Ordinal) && line.Contains("\"secondsSinceReceipt\":240"));
    }

    [Fact]
    public async Task SMS_10_a_set_aside_case_is_not_late()
    {
        var id = await fixture.SendAndRouteAsync("DPU jual obat kuat", "+6281250000002");
        using var chair = fixture.Client(roles: Roles.Chair);
        await DecideAsync(chair, id, await ProposeAsync(fixture.Client(fixture.DpuOfficial), id, "Spam", "Iklan"), confirms: true);
        await AdvanceAsync(TimeSpan.FromHours(4));
        (await fixture.IdsAsync(fixture.Client(roles: Roles.Chair), "?overdue=true")).ShouldNotContain(id);
        (await fixture.Client(roles: Roles.Chair).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}")).GetProperty("isOverdue").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task SMS_10_nobody_decides_what_he_proposed_himself_also_with_another_account()
    {
        var official = Guid.CreateVersion7();
        var id = await fixture.SendAndRouteAsync("TAKTAHU pesan tanpa arti", "+6281250000003");
        using var secretary = fixture.Client(official, roles: Roles.Secretary);
        var proposal = await ProposeAsync(secretary, id, "NotUnderstandable", "Tidak jelas");
        await (await DecideAsync(secretary, id, proposal, confirms: true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "set-aside-own");
        // As if he had proposed it with another account.
        await fixture.Database.ExecuteAsync($"update set_aside set proposed_by = '{Guid.CreateVersion7()}' where id = '{proposal}'");
        await (await DecideAsync(secretary, id, proposal, confirms: true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "set-aside-own");
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/set-aside/decision", new { proposalId = proposal, confirms = true }))
            .StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(id)).ShouldBe("Unassigned");
    }

    [Fact]
    public async Task SMS_10_a_rejected_proposal_leaves_the_case_to_be_answered_and_another_may_follow()
    {
        var id = await fixture.SendAndRouteAsync("DINKES kritik pedas", "+6281250000004");
        using var official = fixture.Client(fixture.DinkesOfficial);
        using var chair = fixture.Client(roles: Roles.Chair);
        var proposal = await ProposeAsync(official, id, "Indecent", "Terlalu pedas");
        await (await ProposedAsync(official, id, "Threat", "Mengancam")).ShouldRefuseAsync(HttpStatusCode.Conflict, "set-aside-waits");
        await (await DecideAsync(chair, id, proposal, confirms: false)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "reason");

        (await DecideAsync(chair, id, proposal, confirms: false, "Kritik boleh pedas")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await (await DecideAsync(chair, id, proposal, confirms: true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "set-aside-decided");
        (await StatusAsync(id)).ShouldBe("Open");
        (await ProposedAsync(official, id, "Spam", "Iklan terselubung")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await official.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Jawaban" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("DINKES dikembalikan", "+6281250000005", "Open", "Position")]
    [InlineData("ENTAHAPA dikembalikan", "+6281250000006", "Unassigned", "Tray")]
    public async Task SMS_10_the_secretariat_brings_a_case_back_with_a_reason_to_where_it_was(string text, string from, string status, string place)
    {
        var id = await fixture.SendAndRouteAsync(text, from);
        using var chair = fixture.Client(roles: Roles.Chair);
        using var secretary = fixture.Client(roles: Roles.Secretary);
        await (await UndoAsync(chair, id, "Belum")).ShouldRefuseAsync(HttpStatusCode.Conflict, "not-set-aside");
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        await DecideAsync(chair, id, await ProposeAsync(secretary, id, "NotConcerned", "Bukan urusan pemerintah"), confirms: true);
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        var due = await fixture.Database.ScalarAsync<DateTime>($"select due_at from sms_case where first_message_id = '{id}'");
        await (await UndoAsync(chair, id, " ")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "reason");

        (await UndoAsync(chair, id, "Ternyata keluhan")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await StatusAsync(id)).ShouldBe(status);
        (await fixture.Database.ScalarAsync<DateTime>($"select due_at from sms_case where first_message_id = '{id}'")).ShouldBe(due);
        (await fixture.HistoryAsync(id)).ShouldContain(line => line.StartsWith("SetAsideUndone", StringComparison.Ordinal) && line.Contains("Ternyata keluhan"));
        await AdvanceAsync(TimeSpan.FromMinutes(2));
        (await fixture.Client(roles: Roles.Chair).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}/history")).GetProperty("segments").EnumerateArray()
            .Select(segment => segment.GetProperty("place").GetString()).ShouldBe([place, "SetAside", place]);
    }

    [Fact]
    public async Task SMS_10_of_an_answer_and_a_confirmation_at_once_one_wins()
    {
        for (var n = 0; n < 5; n++)
        {
            var id = await fixture.SendAndRouteAsync($"DINKES berlomba {n}", $"+628125000001{n}");
            using var official = fixture.Client(fixture.DinkesOfficial);
            using var chair = fixture.Client(roles: Roles.Chair);
            var proposal = await ProposeAsync(official, id, "Spam", "Iklan");
            var (answer, decision) = (official.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Jawaban" }), DecideAsync(chair, id, proposal, confirms: true));
            HttpStatusCode[] codes = [(await answer).StatusCode, (await decision).StatusCode];
            codes.Count(code => code == HttpStatusCode.Conflict).ShouldBe(1);
            var answers = await fixture.Database.ScalarAsync<long>($"select count(*) from answer a join sms_case c on c.id = a.case_id where c.first_message_id = '{id}'");
            (await StatusAsync(id)).ShouldBe(answers == 1 ? "Answered" : "SetAside");
        }
    }

    [Fact]
    public async Task SMS_10_what_is_answered_is_not_set_aside_and_no_proposal_waits_for_it()
    {
        var id = await fixture.SendAndRouteAsync("DINKES sudah dijawab", "+6281250000007");
        using var official = fixture.Client(fixture.DinkesOfficial);
        using var chair = fixture.Client(roles: Roles.Chair);
        var proposal = await ProposeAsync(official, id, "Spam", "Iklan");
        (await official.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Jawaban" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await (await DecideAsync(chair, id, proposal, confirms: true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "already-answered");
        (await ProposalsAsync(chair)).ShouldNotContain(proposal);
        await (await ProposedAsync(official, id, "Spam", "Iklan")).ShouldRefuseAsync(HttpStatusCode.Conflict, "already-answered");
    }

    [Fact]
    public async Task SMS_10_whose_answer_did_not_arrive_is_told_that_it_is_to_be_answered_again_and_not_that_it_is_answered()
    {
        var id = await fixture.SendAndRouteAsync("DINKES tidak sampai", "+6281250000014");
        using var official = fixture.Client(fixture.DinkesOfficial);
        using var chair = fixture.Client(roles: Roles.Chair);
        var proposal = await ProposeAsync(official, id, "Spam", "Iklan");
        var answered = await official.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Jawaban" });
        var answer = (await answered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = answer, Status = DeliveryStatus.Failed, Version = 1, At = fixture.Clock.GetUtcNow() });
        await Eventually.TrueAsync(async () => await StatusAsync(id) == "AnswerFailed");

        var refusal = await (await DecideAsync(chair, id, proposal, confirms: true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "answer-did-not-arrive");
        refusal.GetProperty("title").GetString()!.ShouldContain("tidak sampai");
        refusal.GetProperty("current").GetProperty("status").GetString().ShouldBe("AnswerFailed");
        await (await ProposedAsync(official, id, "Spam", "Iklan")).ShouldRefuseAsync(HttpStatusCode.Conflict, "answer-did-not-arrive");
        (await official.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Sekali lagi" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("Ugly", "Sebab", "ground")]
    [InlineData(null, "Sebab", "ground")]
    [InlineData("Spam", "", "reason")]
    [InlineData("Spam", null, "reason")]
    public async Task SMS_10_a_ground_of_the_closed_list_and_a_reason_are_needed(string? ground, string? reason, string field)
    {
        var id = await fixture.SendAndRouteAsync("DINKES isian salah", "+6281250000008");
        await (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/set-aside", new { ground, reason }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, field == "ground" && ground is not null ? "json" : "invalid", field);
    }

    [Fact]
    public async Task SMS_10_another_unit_proposes_nothing()
    {
        var id = await fixture.SendAndRouteAsync("DINKES bukan urusan DPU", "+6281250000009");
        await (await ProposedAsync(fixture.Client(fixture.DpuOfficial), id, "Spam", "Iklan")).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
        await (await DecideAsync(fixture.Client(roles: Roles.Chair), id, Guid.CreateVersion7(), confirms: true)).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
    }

    /// <summary>With a sign-in state that is fresh at the new time.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        fixture.Clock.Advance(by);
        await fixture.SignIn.PublishAsync(fixture.Database, fixture.Clock.GetUtcNow());
        await Eventually.TrueAsync(() => Task.FromResult(fixture.Services.GetRequiredService<ServiceDefaults.SignIn.SignInState>().IsFresh));
    }

    private static async Task<Guid> ProposeAsync(HttpClient who, Guid id, string ground, string reason)
    {
        var answer = await ProposedAsync(who, id, ground, reason);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private static Task<HttpResponseMessage> ProposedAsync(HttpClient who, Guid id, string ground, string reason) =>
        who.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/set-aside", new { ground, reason });

    private static Task<HttpResponseMessage> DecideAsync(HttpClient who, Guid id, Guid proposal, bool confirms, string? reason = null) =>
        who.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/set-aside/decision", new { proposalId = proposal, confirms, reason });

    private static Task<HttpResponseMessage> UndoAsync(HttpClient who, Guid id, string reason) =>
        who.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/set-aside/undo", new { reason });

    private static async Task<List<Guid>> ProposalsAsync(HttpClient who) =>
        [.. (await who.GetFromJsonAsync<JsonElement>("/api/inbound-sms/set-aside-proposals")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];

    private Task<string> StatusAsync(Guid message) => fixture.Database.ScalarAsync<string>($"select status from sms_case where first_message_id = '{message}'");
}
