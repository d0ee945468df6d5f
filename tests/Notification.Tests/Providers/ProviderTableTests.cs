using System.Net;
using Notification.Providers;
using Notification.Providers.Generic;
using Notification.Providers.Kannel;
using Notification.Providers.Sandbox;
using Notification.Providers.Twilio;
using Notification.Providers.Vonage;
using Notification.Sending;
using Notification.Storage;

namespace Notification.Tests.Providers;

/// <summary>What providers say, word by word.</summary>
public sealed class ProviderTableTests
{
    [Theory]
    [InlineData(1, SmsState.Delivered)]
    [InlineData(2, SmsState.Failed)]
    [InlineData(4, SmsState.AcceptedByProvider)]
    [InlineData(8, SmsState.AcceptedByOperator)]
    [InlineData(16, SmsState.Failed)]
    [InlineData(32, SmsState.AcceptedByOperator)]
    [InlineData(9, SmsState.Delivered)]
    [InlineData(12, SmsState.AcceptedByOperator)]
    [InlineData(18, SmsState.Failed)]
    [InlineData(3, SmsState.Delivered)]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    [InlineData(64, null)]
    internal void NOT_4_kannel_reports_a_set_of_bits(int bits, SmsState? told) => (KannelReports.Meaning(bits)?.Told).ShouldBe(told);

    [Theory]
    [InlineData("accepted", SmsState.AcceptedByProvider)]
    [InlineData("queued", SmsState.AcceptedByProvider)]
    [InlineData("sent", SmsState.AcceptedByOperator)]
    [InlineData("delivered", SmsState.Delivered)]
    [InlineData("read", SmsState.Delivered)]
    [InlineData("undelivered", SmsState.Failed)]
    [InlineData("failed", SmsState.Failed)]
    [InlineData("canceled", SmsState.Failed)]
    [InlineData("partially_delivered", SmsState.Failed)]
    [InlineData("Delivered", null)]
    [InlineData("", null)]
    internal void NOT_4_twilio_reports_a_word(string word, SmsState? told) => (TwilioReports.Meaning(word)?.Told).ShouldBe(told);

    [Theory]
    [InlineData("submitted", SmsState.AcceptedByProvider)]
    [InlineData("unknown", SmsState.AcceptedByProvider)]
    [InlineData("accepted", SmsState.AcceptedByOperator)]
    [InlineData("buffered", SmsState.AcceptedByOperator)]
    [InlineData("delivered", SmsState.Delivered)]
    [InlineData("expired", SmsState.Expired)]
    [InlineData("failed", SmsState.Failed)]
    [InlineData("rejected", SmsState.Failed)]
    [InlineData("deleted", SmsState.Failed)]
    [InlineData("Delivered", null)]
    [InlineData("", null)]
    internal void NOT_4_vonage_reports_a_word(string word, SmsState? told) => (VonageReports.Meaning(word)?.Told).ShouldBe(told);

    [Theory]
    [InlineData("terkirim", true, SmsState.Delivered)]
    [InlineData("diterima", false, SmsState.AcceptedByProvider)]
    [InlineData("diproses", false, SmsState.AcceptedByProvider)]
    [InlineData("terkirim_operator", false, SmsState.AcceptedByOperator)]
    [InlineData("gagal", true, SmsState.Failed)]
    [InlineData("gagal", false, SmsState.TemporarilyFailed)]
    [InlineData("kedaluwarsa", true, SmsState.Expired)]
    [InlineData("ditolak", true, SmsState.Failed)]
    [InlineData("lain", true, null)]
    internal void NOT_4_the_generic_contract_reports_a_word(string word, bool isTerminal, SmsState? told) =>
        (GenericReports.Meaning(word, isTerminal)?.Told).ShouldBe(told);

    [Theory]
    [InlineData(202, "0: Accepted for delivery", SendResult.Accepted)]
    [InlineData(202, "3: Queued for later delivery", SendResult.Accepted)]
    [InlineData(202, "", SendResult.Unknown)]
    [InlineData(200, "0: Accepted for delivery", SendResult.Unknown)]
    [InlineData(400, "Sender missing and no global set, rejected", SendResult.Refused)]
    [InlineData(403, "Not routable. Do not try again.", SendResult.Refused)]
    [InlineData(403, "Authorization failed for sendsms", SendResult.NotNow)]
    [InlineData(403, "<html>", SendResult.Unknown)]
    [InlineData(404, "Unknown request", SendResult.NotNow)]
    [InlineData(503, "Temporal failure, try again later.", SendResult.NotNow)]
    [InlineData(500, "Sending failed.", SendResult.Unknown)]
    [InlineData(502, "", SendResult.Unknown)]
    internal void NOT_4_only_an_answer_in_kannels_table_is_known(int status, string body, SendResult result) =>
        KannelProvider.OutcomeOf((HttpStatusCode)status, body).Result.ShouldBe(result);

    [Theory]
    [InlineData("002", 1, SendResult.Accepted, new[] { SmsState.AcceptedByOperator, SmsState.Failed })]
    [InlineData("003", 1, SendResult.Accepted, new[] { SmsState.AcceptedByOperator })]
    [InlineData("004", 1, SendResult.Unknown, new SmsState[0])]
    [InlineData("005", 1, SendResult.Refused, new SmsState[0])]
    [InlineData("006", 1, SendResult.NotNow, new SmsState[0])]
    [InlineData("006", 2, SendResult.Accepted, new[] { SmsState.AcceptedByOperator, SmsState.Delivered })]
    [InlineData("007", 1, SendResult.Accepted, new[] { SmsState.Failed, SmsState.Delivered })]
    [InlineData("008", 1, SendResult.Accepted, new[] { SmsState.AcceptedByOperator, SmsState.Expired })]
    [InlineData("009", 1, SendResult.Accepted, new[] { SmsState.Delivered, SmsState.Failed })]
    [InlineData("777", 1, SendResult.Accepted, new[] { SmsState.AcceptedByOperator, SmsState.Delivered })]
    internal void NOT_4_the_sandbox_has_a_number_for_each_outcome(string digits, int attempt, SendResult result, SmsState[] reports)
    {
        var outcome = SandboxProvider.OutcomeOf("1", "+6281200000" + digits, attempt);
        outcome.Result.ShouldBe(result);
        (outcome.Reports ?? []).Select(report => report.Told).ShouldBe(reports);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(5, 80)]
    [InlineData(6, 120)]
    [InlineData(500, 120)]
    public void NOT_4_attempts_grow_rarer(int attempt, int seconds) => RecordOutcomes.BackoffAfter(attempt).ShouldBe(TimeSpan.FromSeconds(seconds));
}
