using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using Npgsql;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Tests.Deadlines;

public sealed class EscalationTests(LateCity city) : IClassFixture<LateCity>
{
    private static int _citizen;

    private readonly InboundSmsFixture _service = city.Service;

    [Fact]
    public async Task SMS_7_before_due_at_due_and_after_each_rung_is_told_once_up_to_the_Regional_Secretary()
    {
        // What other tests have left would be told in the same SMS.
        await _service.Database.ExecuteAsync("update sms_case set status = 'Answered', answered_at = received_at where answered_at is null and position_id is not null");
        var office = await city.OfficeAsync();
        var message = await SendAsync(office);
        var number = await city.NumberAsync(message);
        await city.RoundAfterAsync(TimeSpan.FromMinutes(119));
        (await city.StagesAsync(message)).ShouldBeEmpty();

        string[] expected = ["Before60 Sent", "Before30 Sent", "Before10 Sent", "Due Sent", "After30 Sent", "After60 Sent"];
        var minutes = new[] { 1, 30, 20, 10, 30, 30 };
        for (var stage = 0; stage < minutes.Length; stage++)
        {
            await city.RoundAfterAsync(TimeSpan.FromMinutes(minutes[stage]));
            (await city.StagesAsync(message)).ShouldBe(expected[..(stage + 1)]);
        }

        for (var more = 0; more < 3; more++)
            await city.RoundAfterAsync(TimeSpan.FromHours(5));
        (await city.StagesAsync(message)).ShouldBe(expected);

        var clerk = await city.NoticesAsync(office.Clerk, 4);
        clerk.Count.ShouldBe(4);
        clerk.ShouldAllBe(notice => notice.Text.Contains($"laporan {number} ({office.Keyword})", StringComparison.Ordinal) && !notice.IsUrgent && notice.ExpiresAt != null && notice.Payer == office.Keyword);
        clerk[0].Text.ShouldContain("belum dijawab, batas waktu ");
        (await city.NoticesAsync(office.Head, 1)).ShouldHaveSingleItem();
        foreach (var official in new[] { city.Chair, city.Secretary, city.Sekda })
        {
            await Eventually.TrueAsync(() => Task.FromResult(About(official).Count > 0));
            var notice = About(official).ShouldHaveSingleItem();
            notice.Text.ShouldContain("TERLAMBAT");
            SmsText.Measure(notice.Text).ShouldSatisfyAllConditions(text => text.IsGsm.ShouldBeTrue(), text => text.Segments.ShouldBe(1));
        }

        List<NotifyOfficial> About(Guid official) => [.. city.NoticesSoFar(official).Where(notice => notice.Text.Contains($"laporan {number} ", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task SMS_7_who_has_taken_the_case_is_told_instead_of_the_holder()
    {
        var office = await city.OfficeAsync();
        var message = await SendAsync(office);
        var version = await _service.Database.ScalarAsync<long>($"select version from sms_case where first_message_id = '{message}'");
        (await _service.Client(office.Head).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/handler", new { officialId = office.Head, version })).EnsureSuccessStatusCode();
        await city.RoundAfterAsync(TimeSpan.FromMinutes(120));
        (await city.NoticesAsync(office.Head, 1)).ShouldHaveSingleItem();
        city.NoticesSoFar(office.Clerk).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_12_an_emergency_that_waits_goes_before_answers()
    {
        var office = await city.OfficeAsync();
        await _service.SendAndRouteAsync($"{office.Keyword} ada kebakaran di pasar", Citizen());
        await city.RoundAfterAsync(TimeSpan.FromMinutes(120));
        var notice = (await city.NoticesAsync(office.Clerk, 1)).ShouldHaveSingleItem();
        (notice.IsUrgent, notice.Text.Contains($"({office.Keyword}, DARURAT)", StringComparison.Ordinal)).ShouldBe((true, true));
    }

    [Fact]
    public async Task SMS_7_list_and_detail_show_the_clock_and_a_late_answer_stays_late()
    {
        var office = await city.OfficeAsync();
        var message = await SendAsync(office);
        await city.RoundAfterAsync(new TimeSpan(3, 0, 30));
        var running = await ClockAsync();
        (running.GetProperty("elapsedSeconds").GetInt64(), running.GetProperty("remainingSeconds").GetInt64(), running.GetProperty("isBreached").GetBoolean()).ShouldBe((10830, -30, true));
        await AnswerAsync(message, office.Clerk);
        await city.RoundAfterAsync(TimeSpan.FromHours(1));
        (await ClockAsync()).GetRawText().ShouldBe(running.GetRawText());

        async Task<JsonElement> ClockAsync()
        {
            using var clerk = _service.Client(office.Clerk);
            var detail = (await clerk.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{message}")).GetProperty("clocks");
            var item = (await clerk.GetFromJsonAsync<JsonElement>("/api/inbound-sms/messages")).GetProperty("items").EnumerateArray().Single().GetProperty("clocks");
            item.GetRawText().ShouldBe(detail.GetRawText());
            detail.GetProperty("service").ValueKind.ShouldBe(JsonValueKind.Null);
            return detail.GetProperty("legal");
        }
    }

    [Fact]
    public async Task SMS_7_what_is_answered_or_not_due_yet_escalates_nothing()
    {
        var office = await city.OfficeAsync();
        var (answered, waiting) = (await SendAsync(office), await SendAsync(office));
        await city.RoundAfterAsync(TimeSpan.FromMinutes(120));
        await AnswerAsync(answered, office.Clerk);
        await city.RoundAfterAsync(TimeSpan.FromHours(3));
        (await city.StagesAsync(answered)).ShouldBe(["Before60 Sent"]);
        (await city.StagesAsync(waiting)).ShouldContain("After60 Sent");
    }

    [Fact]
    public async Task SMS_7_stages_that_passed_while_everything_was_down_are_skipped_and_only_the_latest_is_sent()
    {
        var office = await city.OfficeAsync();
        var message = await SendAsync(office);
        await city.RoundAfterAsync(TimeSpan.FromMinutes(125));
        await city.RoundAfterAsync(TimeSpan.FromMinutes(90));
        (await city.StagesAsync(message)).Order().ShouldBe(["After30 Sent", "Before10 Passed", "Before30 Passed", "Before60 Sent", "Due Passed"]);
        var events = await EventsAsync(message);
        events.Count(happened => happened.GetProperty("kind").GetString() == "EscalationSkipped").ShouldBe(3);
        events.Where(happened => happened.GetProperty("kind").GetString() == "EscalationSkipped")
            .ShouldAllBe(happened => happened.GetProperty("details").GetProperty("outcome").GetString() == "Passed");
    }

    [Fact]
    public async Task SMS_7_a_clock_that_is_set_back_repeats_no_stage_and_stops_no_round()
    {
        var office = await city.OfficeAsync();
        var message = await SendAsync(office);
        await city.RoundAfterAsync(TimeSpan.FromMinutes(180));
        var told = await city.StagesAsync(message);
        await city.RoundAfterAsync(TimeSpan.FromMinutes(-70));
        await city.RoundAfterAsync(TimeSpan.FromMinutes(71));
        (await city.StagesAsync(message)).ShouldBe(told);
        await city.RoundAfterAsync(TimeSpan.FromMinutes(30));
        (await city.StagesAsync(message)).ShouldContain("After30 Sent");
    }

    [Fact]
    public async Task SMS_7_the_tray_is_on_the_same_clock_and_the_secretariat_is_told()
    {
        var message = await _service.SendAndRouteAsync("ENTAHAPA tolong", Citizen());
        var number = await city.NumberAsync(message);
        await city.RoundAfterAsync(TimeSpan.FromMinutes(120));
        foreach (var official in new[] { city.Chair, city.Secretary })
            await ToldAsync(official);
        await city.RoundAfterAsync(TimeSpan.FromMinutes(120));
        await ToldAsync(city.Sekda);

        // In one SMS with whatever else has reached a stage in this round; alone, it says whose the case is.
        async Task ToldAsync(Guid official)
        {
            var id = await _service.Database.ScalarAsync<Guid>($"""
                select n.notice_id from escalation_notice n join sms_case c on c.id = n.case_id where c.number = {number} and n.official_id = '{official}'
                """);
            var notice = await _service.Bus.GetAsync<NotifyOfficial>(notice => notice.NoticeId == id);
            notice.OfficialId.ShouldBe(official);
            if (!notice.Text.Contains("laporan belum dijawab", StringComparison.Ordinal))
                notice.Text.ShouldContain($" {number} (tanpa kata kunci)");
        }
    }

    [Fact]
    public async Task SMS_7_an_official_gets_one_SMS_however_many_cases_are_late()
    {
        var office = await city.OfficeAsync();
        var messages = new List<Guid>();
        for (var n = 0; n < 30; n++)
            messages.Add(await SendAsync(office));
        await city.RoundAfterAsync(TimeSpan.FromMinutes(180));
        var notice = (await city.NoticesAsync(office.Clerk, 1)).ShouldHaveSingleItem();
        notice.Text.ShouldStartWith("SMS Center: 30 laporan belum dijawab, 30 di antaranya terlambat.");
        notice.Text.ShouldContain($"{await city.NumberAsync(messages[0])}, {await city.NumberAsync(messages[1])}");
        SmsText.Measure(notice.Text).Segments.ShouldBe(1);
        foreach (var message in messages)
            (await city.StagesAsync(message)).ShouldContain("Due Sent");
    }

    [Fact]
    public async Task SMS_7_a_round_that_dies_is_done_by_the_next()
    {
        var office = await city.OfficeAsync();
        var message = await SendAsync(office);
        _service.Clock.Advance(TimeSpan.FromMinutes(180));
        _service.Connections.BreakBehind("INSERT INTO escalation ");
        // Whoever had the round lost it with its connection, and with it that there had been one.
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await city.RoundAsync();
                return true;
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or Microsoft.EntityFrameworkCore.DbUpdateException)
            {
                return false;
            }
        });
        (await city.StagesAsync(message)).ShouldContain("Due Sent");
        (await city.NoticesAsync(office.Clerk, 1)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task SMS_7_that_an_official_could_not_be_reached_stands_in_the_history_once()
    {
        var office = await city.OfficeAsync();
        var message = await SendAsync(office);
        await city.RoundAfterAsync(TimeSpan.FromMinutes(120));
        var notice = (await city.NoticesAsync(office.Clerk, 1)).ShouldHaveSingleItem();
        for (var version = 1; version <= 2; version++)
        {
            await _service.Bus.PublishAsync(new DeliveryStatusChanged
            {
                SmsId = notice.NoticeId,
                Status = DeliveryStatus.Failed,
                Version = version,
                At = _service.Clock.GetUtcNow(),
                Reason = "no-notice-phone",
            });
        }

        await Eventually.TrueAsync(async () => (await EventsAsync(message)).Any(happened => happened.GetProperty("kind").GetString() == "EscalationFailed"));
        var after = await SendAsync(office);
        (await EventsAsync(after)).Count.ShouldBe(1);
        var failed = (await EventsAsync(message)).Where(happened => happened.GetProperty("kind").GetString() == "EscalationFailed").ToList().ShouldHaveSingleItem().GetProperty("details");
        (failed.GetProperty("stage").GetString(), failed.GetProperty("officialId").GetGuid(), failed.GetProperty("reason").GetString())
            .ShouldBe(("Before60", office.Clerk, "no-notice-phone"));
    }

    [Fact]
    public async Task SMS_7_nobody_turns_the_clock_back()
    {
        var office = await city.OfficeAsync();
        var message = await SendAsync(office);
        await AnswerAsync(message, office.Clerk);
        foreach (var change in new[] { "due_at = due_at + interval '1 hour'", "received_at = received_at + interval '1 hour'", "answered_at = answered_at - interval '1 hour'", "answered_at = null" })
            (await Should.ThrowAsync<PostgresException>(_service.Database.ExecuteAsync($"update sms_case set {change} where first_message_id = '{message}'"))).SqlState.ShouldBe("42501");
        (await Should.ThrowAsync<PostgresException>(_service.Database.ExecuteAsync("delete from escalation"))).SqlState.ShouldBe("42501");
    }

    private static string Citizen() => $"+628135{Interlocked.Increment(ref _citizen):0000000}";

    private Task<Guid> SendAsync(LateCity.Office office) => _service.SendAndRouteAsync($"{office.Keyword} keluhan warga", Citizen());

    private async Task AnswerAsync(Guid message, Guid official) =>
        (await _service.Client(official).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Sudah kami tangani" })).EnsureSuccessStatusCode();

    private async Task<List<JsonElement>> EventsAsync(Guid message)
    {
        using var chair = _service.Client(roles: Roles.Chair);
        return [.. (await chair.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{message}/history")).GetProperty("items").EnumerateArray()];
    }
}
