using System.Net;
using System.Net.Http.Json;
using Contracts.Notification;
using InboundSms.Resources;
using InboundSms.Storage;
using InboundSms.Tests.Testing;
using ServiceDefaults.Sms;

namespace InboundSms.Tests.Routing;

public sealed class StatusBySmsTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_12_who_filed_a_case_learns_its_status_by_SMS_and_no_case_is_opened_for_that()
    {
        var id = await fixture.SendAndRouteAsync("DINKES obat habis", "+6281270000001");
        var number = await NumberAsync(id);
        var asked = await fixture.SendAndKeepAsync($"cek no. {number}", "081270000001");
        var status = await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281270000001");
        (status.Purpose, status.From).ShouldBe((SmsPurpose.AutoAnswer, InboundSmsFixture.CityNumber));
        status.Text.ShouldBe($"Laporan nomor {number} diterima 05-01-2026 09.00 dan sedang ditangani DINKES. Mohon menunggu jawaban.");
        (await fixture.Database.ScalarAsync<string>($"select reason from kept_message where message_id = '{asked}'")).ShouldBe("StatusAsked");

        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Besok datang" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await fixture.SendAndKeepAsync($"CEK {number}", "+6281270000001");
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281270000001" && sms.Text.Contains("sudah dijawab", StringComparison.Ordinal))).Purpose.ShouldBe(SmsPurpose.AutoAnswer);
    }

    [Fact]
    public async Task SMS_12_others_hear_the_same_of_a_case_that_exists_and_of_one_that_does_not()
    {
        var number = await NumberAsync(await fixture.SendAndRouteAsync("DINKES rahasia saya", "+6281270000002"));
        await fixture.SendAndKeepAsync($"CEK {number}", "+6281270000003");
        await fixture.SendAndKeepAsync("CEK 999999999", "+6281270000003");
        await Eventually.TrueAsync(() => Task.FromResult(fixture.Bus.Received<SendSms>().Count(sms => sms.To == "+6281270000003") == 2));
        fixture.Bus.Received<SendSms>().Where(sms => sms.To == "+6281270000003").Select(sms => sms.Text)
            .ShouldBe([InboundSmsTexts.CaseNotFound(number), InboundSmsTexts.CaseNotFound(999999999)], ignoreOrder: true);
        fixture.Bus.Received<SendSms>().ShouldNotContain(sms => sms.To == "+6281270000002");
    }

    [Fact]
    public async Task SMS_12_CEK_alone_tells_the_latest_case_with_its_number_and_who_has_none_that_he_has_none()
    {
        await fixture.SendAndRouteAsync("DINKES obat habis", "+6281270000005");
        var latest = await NumberAsync(await fixture.SendAndRouteAsync("DPU jalan rusak", "+6281270000005"));
        await fixture.SendAndKeepAsync("cek", "+6281270000005");
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281270000005")).Text.ShouldContain($" {latest} ");
        await fixture.SendAndKeepAsync("CEK", "+6281270000006");
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281270000006")).Text.ShouldBe(InboundSmsTexts.NoCase);
    }

    [Fact]
    public async Task SMS_12_the_budget_for_the_status_is_its_own_and_ends()
    {
        for (var n = 0; n < 12; n++)
            await fixture.SendAndKeepAsync($"CEK {n}", "+6281270000004");
        await fixture.SendAndRouteAsync("TAKADA kata kunci", "+6281270000004");
        (await fixture.Database.ScalarAsync<string>("select string_agg(kind || ' ' || n, ', ' order by kind) from (select kind, count(*) n from auto_answer where sender = '+6281270000004' group by kind) k"))
            .ShouldBe("Help 1, Status 10");
    }

    [Theory]
    [InlineData("TELKOMSEL")]
    [InlineData("4444")]
    [InlineData("")]
    public async Task SMS_12_a_sender_that_is_no_persons_number_gets_no_status(string sender)
    {
        var id = await fixture.SendAndKeepAsync("CEK 1", sender);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from auto_answer where message_id = '{id}'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("Late")]
    [InlineData(nameof(CaseStatus.Unassigned))]
    [InlineData(nameof(CaseStatus.Open))]
    [InlineData(nameof(CaseStatus.Answered))]
    [InlineData(nameof(CaseStatus.AnswerFailed))]
    [InlineData(nameof(CaseStatus.SetAside))]
    public void SMS_12_every_status_is_one_GSM_segment_at_its_longest(string status)
    {
        var text = InboundSmsTexts.CaseStatus(status, 9_999_999_999, "KECAMATANSELATAN", new DateTime(2026, 12, 31, 23, 59, 0));
        SmsText.Measure(text).ShouldSatisfyAllConditions(sms => sms.IsGsm.ShouldBeTrue(), sms => sms.Segments.ShouldBe(1));
    }

    [Fact]
    public void SMS_12_every_status_has_its_text() =>
        Enum.GetNames<CaseStatus>().ShouldAllBe(status => InboundSmsTexts.CaseStatus(status, 1, "DINKES", DateTime.UnixEpoch).Contains('1'));

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void SMS_12_what_else_the_system_says_is_one_GSM_segment(long number)
    {
        string[] texts = [InboundSmsTexts.CaseNotFound(number), InboundSmsTexts.NoCase, InboundSmsTexts.NotPublished(number), InboundSmsTexts.Receipt(number), InboundSmsTexts.NothingWritten("KECAMATANSELATAN"), InboundSmsTexts.Emergency(number, null)];
        texts.Select(SmsText.Measure).ShouldAllBe(sms => sms.IsGsm && sms.Segments == 1);
    }

    private Task<long> NumberAsync(Guid message) => fixture.Database.ScalarAsync<long>($"select number from sms_case where first_message_id = '{message}'");
}
