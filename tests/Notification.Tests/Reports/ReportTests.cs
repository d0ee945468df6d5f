using System.Net;
using System.Text;
using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Reports;

public sealed class ReportTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_reports_in_any_order_end_in_the_right_status() => await Parallel.ForEachAsync(
        Orders.Of(["4", "8", "1", "answer"]), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (order, _) =>
        {
            var to = NotificationFixture.Number();
            var release = new TaskCompletionSource();
            service.Kannel.Script(to, FaultyKannel.AnswersAfter(release.Task));
            var id = await service.SendAsync(to);
            await Eventually.TrueAsync(() => Task.FromResult(service.Kannel.CallsTo(to).Count == 1));
            foreach (var step in order)
            {
                if (step != "answer")
                {
                    await service.LearnAsync(id, step);
                    continue;
                }

                release.SetResult();
                await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<long>(
                    $"select count(*) from delivery_event where sms_id = '{id}' and source = 'answer'") == 1);
            }

            (await service.StateAsync(id)).ShouldBe("Delivered", string.Join(' ', order));
            service.Kannel.CallsTo(to).Count.ShouldBe(1);
        });

    [Fact]
    public async Task SMS_6_the_asking_service_hears_each_change_once_with_a_growing_version()
    {
        var id = await service.SendAsync(NotificationFixture.Number());
        await service.StateIsAsync(id, "AcceptedByProvider");
        await service.LearnAsync(id, "8");
        await service.LearnAsync(id, "4");
        await service.LearnAsync(id, "1");
        await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id && told.Status == DeliveryStatus.Delivered);
        service.Bus.Received<DeliveryStatusChanged>().Where(told => told.SmsId == id).OrderBy(told => told.Version)
            .Select(told => (told.Version, told.Status, told.AcceptedByOperator)).ShouldBe(
            [(1, DeliveryStatus.Pending, true), (2, DeliveryStatus.Delivered, false)]);
    }

    [Fact]
    public async Task NOT_4_the_same_report_ten_times_is_one_line_of_history_and_a_count()
    {
        var id = await service.HandedOverAsync("kannel");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => service.KannelReportAsync(id.ToString(), "1", "1767578400")));
        await service.StateIsAsync(id, "Delivered");
        await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<int>($"select seen from report where reference = '{id}'") == 10);
        (await service.HistoryAsync(id)).ShouldBe(1);
        (await service.Database.ScalarAsync<long>($"select version from sms where id = '{id}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("2", "1", "Delivered")]
    [InlineData("16", "1", "Delivered")]
    [InlineData("1", "2", "Delivered")]
    public async Task NOT_4_contradicting_final_reports_are_kept_and_marked(string first, string second, string state)
    {
        var id = await service.HandedOverAsync("kannel");
        await service.LearnAsync(id, first);
        await service.LearnAsync(id, second);
        (await service.StateAsync(id)).ShouldBe(state);
        (await service.HistoryAsync(id)).ShouldBe(2);
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id && told.Version == 2)).Contradictory.ShouldBeTrue();
    }

    [Fact]
    public async Task NOT_4_an_earlier_receipt_does_not_turn_a_later_failure()
    {
        var id = await service.HandedOverAsync("kannel");
        var now = service.Clock.GetUtcNow().ToUnixTimeSeconds();
        await service.LearnAsync(id, "2", $"{now}");
        await service.LearnAsync(id, "1", $"{now - 60}");
        (await service.StateAsync(id)).ShouldBe("Failed");
        (await service.Database.ScalarAsync<bool>($"select is_contradictory from sms where id = '{id}'")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(172_800)]
    [InlineData(-172_800)]
    public async Task NOT_4_an_impossible_time_is_evidence_only(int secondsOff)
    {
        var id = await service.HandedOverAsync("kannel");
        var now = service.Clock.GetUtcNow();
        await service.LearnAsync(id, "1", $"{now.ToUnixTimeSeconds() + secondsOff}");
        (await service.Database.ScalarAsync<DateTime>($"select final_at from sms where id = '{id}'")).ShouldBe(now.UtcDateTime, TimeSpan.FromSeconds(1));
        (await service.Database.ScalarAsync<DateTime>($"select done_at from delivery_event where sms_id = '{id}'"))
            .ShouldBe(now.UtcDateTime.AddSeconds(secondsOff), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task NOT_4_a_report_with_wrong_credentials_changes_nothing()
    {
        var id = await service.HandedOverAsync("kannel");
        var sid = "SM" + id.ToString("n");
        var twilio = await service.HandedOverAsync("twilio", sid);
        var generic = await service.HandedOverAsync("generic");
        var body = Encoding.UTF8.GetBytes($$$"""{"type":"sms.status","timestamp":"2026-01-05T02:00:00Z","data":{"id":"{{{generic}}}","status":"terkirim","terminal":true}}""");
        HttpResponseMessage[] answers =
        [
            await service.KannelReportAsync(id.ToString(), "1", secret: "salah"),
            await service.Client().GetAsync($"/webhooks/sms/kannel/status?id={id}&status=1"),
            await service.TwilioReportAsync($"MessageSid={sid}&MessageStatus=delivered", token: "salah"),
            await service.GenericReportAsync(body, signature: "v1,AAAA"),
            await service.GenericReportAsync(body, signature: "v1a,AAAA"),
            await service.GenericReportAsync(body, age: TimeSpan.FromSeconds(301)),
            await service.GenericReportAsync(body, age: TimeSpan.FromSeconds(-301)),
        ];
        foreach (var answer in answers)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
        }

        (await service.Database.ScalarAsync<long>($"select count(*) from report where reference in ('{id}', '{sid}', '{generic}')")).ShouldBe(0);
        foreach (var sms in new[] { id, twilio, generic })
            (await service.StateAsync(sms)).ShouldBe("AcceptedByProvider");
    }

    [Fact]
    public async Task NOT_4_a_report_under_another_channel_has_no_effect()
    {
        var id = await service.HandedOverAsync("kannel");
        (await service.GenericReportAsync(id.ToString(), "terkirim")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.LearnAsync(id, "8");
        (await service.StateAsync(id)).ShouldBe("AcceptedByOperator");
    }

    [Theory]
    [InlineData("delivered", "", "Delivered", null)]
    [InlineData("sent", "", "AcceptedByOperator", null)]
    [InlineData("undelivered", "&ErrorCode=30003", "Failed", "undelivered 30003")]
    public async Task NOT_4_twilio_reports_count_under_the_sid(string status, string more, string state, string? code)
    {
        var sid = "SM" + Guid.CreateVersion7().ToString("n");
        var id = await service.HandedOverAsync("twilio", sid);
        var answer = await service.TwilioReportAsync($"AccountSid=AC1&MessageSid={sid}&MessageStatus={status}&To=%2B6281234567890{more}", query: "?a=1");
        (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType?.MediaType).ShouldBe((HttpStatusCode.OK, "<Response/>", "text/xml"));
        await service.StateIsAsync(id, state);
        (await service.Database.ScalarAsync<string>($"select code from delivery_event where sms_id = '{id}'")).ShouldBe($"{code ?? status} {sid}");
    }

    [Theory]
    [InlineData("terkirim", true, null, "Delivered")]
    [InlineData("gagal", true, "E42", "Failed")]
    [InlineData("gagal", false, null, "TemporarilyFailed")]
    [InlineData("kedaluwarsa", true, null, "Expired")]
    public async Task NOT_4_reports_of_the_generic_contract_count(string status, bool isTerminal, string? error, string state)
    {
        var id = await service.HandedOverAsync("generic");
        var answer = await service.GenericReportAsync(id.ToString(), status, isTerminal, error);
        (answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.OK, ""));
        await service.StateIsAsync(id, state);
    }

    [Fact]
    public async Task NOT_4_a_report_for_an_unknown_id_is_parked_and_applied_when_the_id_becomes_known()
    {
        var sid = "SM" + Guid.CreateVersion7().ToString("n");
        (await service.TwilioReportAsync($"MessageSid={sid}&MessageStatus=delivered")).StatusCode.ShouldBe(HttpStatusCode.OK);
        service.Clock.Advance(TimeSpan.FromHours(24));
        var id = await service.HandedOverAsync("twilio", sid);
        await service.StateIsAsync(id, "Delivered");
        await service.SignInIsFreshAsync();
    }

    [Fact]
    public async Task NOT_4_kannel_may_report_by_form_as_well()
    {
        var id = await service.HandedOverAsync("kannel");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/sms/kannel/status")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["id"] = id.ToString(), ["status"] = "9", ["ts"] = "" }),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"kannel:{NotificationFixture.KannelSecret}")));
        var answer = await service.Client().SendAsync(request);
        (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType?.MediaType).ShouldBe((HttpStatusCode.OK, "", "text/plain"));
        await service.StateIsAsync(id, "Delivered");
    }
}
