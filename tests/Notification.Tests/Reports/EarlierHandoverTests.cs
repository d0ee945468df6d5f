using System.Net.Http.Json;
using System.Text.Json;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Reports;

/// <summary>An SMS that its first provider may have had, and that another one took over when a person had it handed over again: the sandbox behind the channel "doubtful".</summary>
public sealed class EarlierHandoverTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private const string First = "doubtful";

    [Fact]
    public async Task NOT_4_that_the_first_provider_has_delivered_it_is_news_though_another_one_has_it_by_now()
    {
        var id = await ResentAsync("003", "AcceptedByOperator");
        await ReportAsync(id, "1");
        await service.StateIsAsync(id, "Delivered");
        (await ContradictsAsync(id)).ShouldBeFalse();
    }

    [Fact]
    public async Task NOT_4_that_it_failed_at_the_first_provider_is_evidence_and_stops_no_other_handover()
    {
        var id = await ResentAsync("003", "AcceptedByOperator");
        var before = await service.HistoryAsync(id);
        await ReportAsync(id, "2");
        await ReportAsync(id, "2");
        await Eventually.GetAsync(() => service.HistoryAsync(id), count => count == before + 1);
        (await service.StateAsync(id)).ShouldBe("AcceptedByOperator");
        (await service.Database.ScalarAsync<string>($"select channel || ' ' || told || ' ' || effect from delivery_event where sms_id = '{id}' order by seq desc limit 1")).ShouldBe("doubtful Failed None");
        (await service.Database.ScalarAsync<bool>($"select bool_and(applied_at is not null) from report where reference = '{id}' and channel = 'doubtful'")).ShouldBeTrue();
    }

    [Fact]
    public async Task NOT_4_what_the_first_provider_has_delivered_is_delivered_though_the_second_one_failed_and_both_are_shown()
    {
        var id = await ResentAsync("002", "Failed");
        // Its receipt is older than the failure.
        await ReportAsync(id, "1", service.Clock.GetUtcNow().AddMinutes(-1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        await service.StateIsAsync(id, "Delivered");
        (await ContradictsAsync(id)).ShouldBeTrue();
    }

    [Fact]
    public async Task NOT_4_that_it_failed_at_the_first_provider_contradicts_no_delivery_by_the_second()
    {
        var id = await ResentAsync("100", "Delivered");
        var before = await service.HistoryAsync(id);
        await ReportAsync(id, "2");
        await Eventually.GetAsync(() => service.HistoryAsync(id), count => count == before + 1);
        (await service.StateAsync(id)).ShouldBe("Delivered");
        (await ContradictsAsync(id)).ShouldBeFalse();
    }

    [Fact]
    public async Task NOT_4_what_the_first_provider_has_delivered_is_not_handed_over_by_the_second_any_more()
    {
        var administrator = service.Client(roles: Roles.Administrator);
        var to = NotificationFixture.Number();
        var id = await UncertainAsync(to);
        (await administrator.PostAsJsonAsync("/api/notifications/sending/pauses", new { kind = "Lane", name = "Answer", reason = "Uji" })).EnsureSuccessStatusCode();
        await service.ResendAsync(id);
        await service.Database.ExecuteAsync($"update sms set sent_by = 'sandbox' where id = '{id}'");

        await ReportAsync(id, "1");
        await service.StateIsAsync(id, "Delivered");
        (await administrator.PostAsJsonAsync("/api/notifications/sending/pauses/Lane/Answer/resume", new { reason = "Uji" })).EnsureSuccessStatusCode();
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number(), channel: "sandbox"), "Delivered");
        (await service.Database.ScalarAsync<long>($"select count(*) from delivery_event where sms_id = '{id}' and channel = 'sandbox'")).ShouldBe(0);
    }

    [Fact]
    public async Task NOT_4_who_had_it_stays_known_when_it_is_resent_twice_and_whoever_has_it_now_is_shown()
    {
        var administrator = service.Client(roles: Roles.Administrator);
        var id = await UncertainAsync(NotificationFixture.Number());
        await service.Database.ExecuteAsync($"update sms set provider_id = 'P-1' where id = '{id}'");
        (await administrator.PostAsJsonAsync("/api/notifications/sending/pauses", new { kind = "Lane", name = "Answer", reason = "Uji" })).EnsureSuccessStatusCode();
        // Its time is over before its turn comes, and another route was to take it.
        await service.ResendAsync(id);
        await service.Database.ExecuteAsync($"update sms set state = 'Expired', sent_by = 'sandbox', provider_id = 'P-2' where id = '{id}'");
        await service.ResendAsync(id);

        var shown = await service.Client(roles: Roles.Secretary).GetFromJsonAsync<JsonElement>($"/api/notifications/messages/{id}");
        shown.GetProperty("sentBy").GetString().ShouldBe("sandbox");
        shown.GetProperty("earlierHandovers").EnumerateArray().Select(handover => (handover.GetProperty("channel").GetString(), handover.GetProperty("providerId").GetString()))
            .ShouldBe([(First, "P-1")]);
        (await administrator.PostAsJsonAsync("/api/notifications/sending/pauses/Lane/Answer/resume", new { reason = "Uji" })).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task NOT_4_a_provider_that_never_had_it_reports_into_the_void()
    {
        var id = await ResentAsync("003", "AcceptedByOperator");
        (await service.KannelReportAsync(id.ToString(), "1")).EnsureSuccessStatusCode();
        await ReportAsync(id, "8");
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from report where reference = '{id}' and channel = 'doubtful' and applied_at is not null)"));
        (await service.Database.ScalarAsync<bool>($"select applied_at is null from report where reference = '{id}' and channel = 'kannel'")).ShouldBeTrue();
        (await service.StateAsync(id)).ShouldBe("AcceptedByOperator");
    }

    /// <summary>The first provider may have it; asked again it refuses, and the sandbox takes it over with the outcome of these digits.</summary>
    private async Task<Guid> ResentAsync(string digits, string state)
    {
        var to = NotificationFixture.Number(digits);
        var id = await UncertainAsync(to, FaultyKannel.Says(403, "Not routable. Do not try again."));
        await service.ResendAsync(id);
        await service.StateIsAsync(id, state);
        (await service.Database.ScalarAsync<string>($"select sent_by from sms where id = '{id}'")).ShouldBe("sandbox");
        return id;
    }

    private async Task<Guid> UncertainAsync(string to, params Func<Microsoft.AspNetCore.Http.HttpContext, Task>[] then)
    {
        service.Kannel.Script(to, [FaultyKannel.Resets, .. then]);
        var id = await service.SendAsync(to, channel: First);
        await service.StateIsAsync(id, "Uncertain");
        return id;
    }

    private async Task ReportAsync(Guid id, string status, string? ts = null) =>
        (await service.KannelReportAsync(id.ToString(), status, ts, "doubtful-uji", First)).EnsureSuccessStatusCode();

    private Task<bool> ContradictsAsync(Guid id) => service.Database.ScalarAsync<bool>($"select is_contradictory from sms where id = '{id}'");
}
