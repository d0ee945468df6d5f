using System.Net;
using System.Net.Http.Json;
using Contracts.Directory;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Emergencies;

public sealed class RaiseEmergencyTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private DateTimeOffset Now => fixture.Clock.GetUtcNow();

    [Fact]
    public async Task SMS_12_an_emergency_goes_to_who_is_on_duty_at_once_and_nothing_of_the_citizen_with_it()
    {
        var office = await fixture.OfficeAsync(officials: 3);
        await OnDutyAsync(office.Unit, office.Officials[1]);
        await OnDutyAsync(office.Unit, office.Officials[2], from: Now.AddDays(1));
        using var told = new Counting(fixture.Instances, "platform.sms.emergencies", "on-duty");

        var id = await fixture.SendAndRouteAsync($"{office.Keyword} ada kebakaran di rumah Pak Budi", "+6281240000001");

        var notice = await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == office.Officials[1]);
        var number = await fixture.Database.ScalarAsync<long>($"select number from sms_case where first_message_id = '{id}'");
        notice.IsUrgent.ShouldBeTrue();
        notice.Payer.ShouldBe(await fixture.Database.ScalarAsync<string>($"select code from organisation.unit where id = '{office.Unit}'"));
        notice.Text.ShouldContain($"{number} ({office.Keyword})");
        notice.Text.ShouldNotContain("Budi", Case.Insensitive);
        notice.Text.ShouldNotContain("81240000001");
        fixture.Bus.Received<NotifyOfficial>().ShouldNotContain(other => other.OfficialId == office.Officials[0] || other.OfficialId == office.Officials[2]);
        (await PriorityAsync(id)).ShouldBe("Emergency");
        // Counted when the transaction is there; its notice can be quicker.
        await Eventually.GetAsync(() => Task.FromResult(told.Counted), counted => counted == 1);
        var history = await fixture.HistoryAsync(id);
        history.ShouldContain(line => line.StartsWith("PriorityChanged", StringComparison.Ordinal) && line.Contains("KEBAKARAN"));
        history.ShouldContain(line => line.StartsWith("EmergencyTold", StringComparison.Ordinal) && line.Contains(office.Officials[1].ToString()));
        string.Join('\n', history).ShouldNotContain("Budi", Case.Insensitive);
    }

    [Fact]
    public async Task SMS_12_without_anybody_on_duty_the_holder_the_head_and_the_secretariat_are_told()
    {
        var office = await fixture.OfficeAsync();
        var staff = await fixture.PositionAsync(office.Unit);
        var holder = await fixture.OfficialAsync(staff.Id);
        var colleague = await fixture.OfficialAsync((await fixture.PositionAsync(office.Unit, hasKeyword: false)).Id);
        var chair = await GrantAsync(Roles.Chair);
        var auditor = await GrantAsync(Roles.Auditor);

        await fixture.SendAndRouteAsync($"{staff.Keyword} BANJIR sudah sepinggang", "+6281240000002");

        foreach (var official in new[] { holder, office.Officials[0], chair })
            await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == official);
        fixture.Bus.Received<NotifyOfficial>().ShouldNotContain(notice => notice.OfficialId == colleague || notice.OfficialId == auditor);
    }

    [Fact]
    public async Task SMS_12_in_the_tray_the_secretariat_gets_it_and_the_unit_as_soon_as_it_is_given_to_it()
    {
        var office = await fixture.OfficeAsync();
        var secretary = await GrantAsync(Roles.Secretary);
        var id = await fixture.SendAndRouteAsync("Tolong segera ada rumah roboh", "+6281240000003");
        var number = await fixture.Database.ScalarAsync<long>($"select number from sms_case where first_message_id = '{id}'");
        await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == secretary && notice.Text.Contains($"{number} (tanpa kata kunci)", StringComparison.Ordinal));

        (await fixture.Client(roles: Roles.Secretary).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/assignment", new { keyword = office.Keyword })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == office.Officials[0] && notice.Text.Contains($"{number} ({office.Keyword})", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SMS_12_a_later_message_of_the_case_raises_it_and_another_one_does_not_tell_again()
    {
        var office = await fixture.OfficeAsync();
        await OnDutyAsync(office.Unit, office.Officials[0]);
        var id = await fixture.SendAndRouteAsync($"{office.Keyword} bau asap di gudang", "+6281240000004");
        (await PriorityAsync(id)).ShouldBe("Normal");

        await fixture.SendAndRouteAsync("sekarang kebakaran", "+6281240000004");
        await fixture.SendAndRouteAsync("kebakaran makin besar", "+6281240000004");

        (await PriorityAsync(id)).ShouldBe("Emergency");
        await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == office.Officials[0]);
        (await fixture.HistoryAsync(id)).Count(line => line.StartsWith("EmergencyTold", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_12_a_word_of_the_unit_raises_its_cases_and_no_others_until_it_is_taken_away()
    {
        var office = await fixture.OfficeAsync();
        using var secretariat = fixture.Client(roles: Roles.Secretary);
        var added = await secretariat.PostAsJsonAsync("/api/inbound-sms/emergency-words", new { unitId = office.Unit, word = " Ular  masuk rumah " });
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        var word = (await added.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>());
        word.GetProperty("word").GetString().ShouldBe("ULAR MASUK RUMAH");
        await (await secretariat.PostAsJsonAsync("/api/inbound-sms/emergency-words", new { unitId = office.Unit, word = "ular masuk rumah" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "emergency-word-taken");

        (await PriorityAsync(await fixture.SendAndRouteAsync($"{office.Keyword} ular masuk rumah saya", "+6281240000005"))).ShouldBe("Emergency");
        (await PriorityAsync(await fixture.SendAndRouteAsync("DPU ular masuk rumah saya", "+6281240000006"))).ShouldBe("Normal");

        (await secretariat.DeleteAsync($"/api/inbound-sms/emergency-words/{word.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await secretariat.DeleteAsync($"/api/inbound-sms/emergency-words/{word.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PriorityAsync(await fixture.SendAndRouteAsync($"{office.Keyword} ular masuk rumah lagi", "+6281240000007"))).ShouldBe("Normal");
        (await fixture.Client(office.Officials[0]).PostAsJsonAsync("/api/inbound-sms/emergency-words", new { unitId = office.Unit, word = "apa saja" })).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("?!", "word", "emergency-word")]
    [InlineData("", "word", null)]
    public async Task SMS_12_an_emergency_word_has_letters(string word, string field, string? code)
    {
        var office = await fixture.OfficeAsync();
        await (await fixture.Client(roles: Roles.Secretary).PostAsJsonAsync("/api/inbound-sms/emergency-words", new { unitId = office.Unit, word }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, code ?? "invalid", field);
    }

    [Fact]
    public async Task SMS_12_an_official_raises_a_case_or_says_that_it_is_no_emergency_with_a_reason()
    {
        var office = await fixture.OfficeAsync();
        await OnDutyAsync(office.Unit, office.Officials[0]);
        var id = await fixture.SendAndRouteAsync($"{office.Keyword} jembatan retak", "+6281240000008");
        using var official = fixture.Client(office.Officials[0]);
        Task<HttpResponseMessage> SetAsync(HttpClient who, object request) => who.PutAsJsonAsync($"/api/inbound-sms/messages/{id}/priority", request);

        (await SetAsync(official, new { priority = "Emergency", reason = "Bisa ambruk", version = 1 })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == office.Officials[0]);
        await (await SetAsync(official, new { priority = "Normal", reason = "Sudah ditutup", version = 1 })).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        await (await SetAsync(official, new { priority = "Normal", reason = " ", version = 2 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "reason");
        await (await SetAsync(official, new { priority = "Normal", version = 2 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "reason");
        await (await SetAsync(official, new { reason = "Sebab", version = 2 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "priority");
        await (await SetAsync(fixture.Client(fixture.DpuOfficial), new { priority = "Normal", reason = "Bukan kami", version = 2 })).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
        var both = await Task.WhenAll(SetAsync(official, new { priority = "Normal", reason = "Sudah ditutup", version = 2 }), SetAsync(official, new { priority = "Normal", reason = "Sudah aman", version = 2 }));
        both.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.NoContent, HttpStatusCode.Conflict]);

        (await PriorityAsync(id)).ShouldBe("Normal");
        (await fixture.HistoryAsync(id)).Count(line => line.StartsWith("PriorityChanged", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task SMS_12_a_notice_that_an_official_forwards_is_no_message_of_a_citizen()
    {
        var office = await fixture.OfficeAsync();
        await OnDutyAsync(office.Unit, office.Officials[0]);
        await fixture.SendAndRouteAsync($"{office.Keyword} longsor menutup jalan", "+6281240000009");
        var notice = await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == office.Officials[0]);

        var id = await fixture.SendAndKeepAsync(notice.Text, "+6281240000010");

        (await fixture.Database.ScalarAsync<string>($"select reason from kept_message where message_id = '{id}'")).ShouldBe("OwnText");
        fixture.Bus.Received<SendSms>().ShouldNotContain(sms => sms.To == "+6281240000010");
    }

    [Fact]
    public async Task SMS_12_a_notice_that_does_not_arrive_does_not_end_there()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        await OnDutyAsync(office.Unit, office.Officials[1]);
        var id = await fixture.SendAndRouteAsync($"{office.Keyword} gempa, tembok retak", "+6281240000011");
        var notice = await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == office.Officials[1]);
        fixture.Bus.Received<NotifyOfficial>().ShouldNotContain(other => other.OfficialId == office.Officials[0]);

        await FailAsync(notice);
        await FailAsync(notice);

        var second = await fixture.Bus.GetAsync<NotifyOfficial>(other => other.OfficialId == office.Officials[0]);
        second.IsUrgent.ShouldBeTrue();
        await Eventually.TrueAsync(async () => (await fixture.HistoryAsync(id)).Count(line => line.StartsWith("EmergencyNoticeFailed", StringComparison.Ordinal)) == 1);
        fixture.Bus.Received<NotifyOfficial>().Count(other => other.OfficialId == office.Officials[0]).ShouldBe(1);
        fixture.Bus.Received<NotifyOfficial>().Count(other => other.OfficialId == office.Officials[1]).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_12_a_notice_that_fails_after_the_answer_tells_nobody_any_more()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        await OnDutyAsync(office.Unit, office.Officials[1]);
        var id = await fixture.SendAndRouteAsync($"{office.Keyword} pohon tumbang", "+6281240000012");
        var notice = await fixture.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == office.Officials[1]);
        (await fixture.Client(office.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Sudah kami tangani" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await FailAsync(notice);

        await Eventually.TrueAsync(async () => (await fixture.HistoryAsync(id)).Any(line => line.StartsWith("EmergencyNoticeFailed", StringComparison.Ordinal)));
        (await fixture.HistoryAsync(id)).Count(line => line.StartsWith("EmergencyTold", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_12_many_calls_of_one_number_at_once_on_two_instances_tell_the_team_once()
    {
        using var other = await fixture.StartInstanceAsync();
        var office = await fixture.OfficeAsync();
        await OnDutyAsync(office.Unit, office.Officials[0]);
        var id = await fixture.SendAndRouteAsync($"{office.Keyword} tolong", "+6281240000013");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => fixture.SendSmsAsync($"banjir {n}", "+6281240000013", client: n % 2 == 0 ? other : null)));

        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select count(*) = 9 from case_message m join sms_case c on c.id = m.case_id where c.first_message_id = '{id}'"));
        (await fixture.HistoryAsync(id)).Count(line => line.StartsWith("EmergencyTold", StringComparison.Ordinal)).ShouldBe(1);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from emergency_notice where official_id = '{office.Officials[0]}'")).ShouldBe(1);
    }

    private Task FailAsync(NotifyOfficial notice) => fixture.Bus.PublishAsync(
        new DeliveryStatusChanged { SmsId = notice.NoticeId, Status = DeliveryStatus.Failed, Version = 2, At = Now, Reason = "no-notice-phone" });

    private async Task OnDutyAsync(Guid unit, Guid official, DateTimeOffset? from = null) =>
        (await fixture.Client(roles: Roles.Secretary).PostAsJsonAsync("/api/inbound-sms/duty-roster", new
        {
            unitId = unit,
            officialId = official,
            startsAt = from ?? Now.AddMinutes(-1),
            endsAt = (from ?? Now).AddHours(8),
        })).StatusCode.ShouldBe(HttpStatusCode.Created);

    private async Task<Guid> GrantAsync(string role)
    {
        var official = Guid.CreateVersion7();
        await fixture.Bus.PublishAsync(new GrantedRolesChanged { OfficialId = official, Roles = [role], Version = 1 });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from organisation.granted_roles where official_id = '{official}')"));
        return official;
    }

    private Task<string> PriorityAsync(Guid message) => fixture.Database.ScalarAsync<string>(
        $"select priority from sms_case where id = (select case_id from case_message where message_id = '{message}')");
}
