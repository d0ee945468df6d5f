using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Contracts.Notification;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Operating;

public sealed class OperatingTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private const string Pauses = "/api/notifications/sending/pauses";

    [Fact]
    public async Task NOT_4_a_provider_that_is_stopped_gets_nothing_until_it_is_resumed_and_the_trail_knows()
    {
        var administrator = service.Client(roles: Roles.Administrator);
        var (paused, resumed) = (await TrailAsync("PauseSending"), await TrailAsync("ResumeSending"));
        await StopAsync(administrator, "Provider", "kannel");
        var to = NotificationFixture.Number();
        var id = await service.SendAsync(to);
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number(), channel: "sandbox"), "Delivered");
        (await service.StateAsync(id)).ShouldBe("Queued");
        var shown = await administrator.GetFromJsonAsync<JsonElement>("/api/notifications/sending");
        shown.GetProperty("pauses").EnumerateArray().ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("Tagihan belum lunas");
        shown.GetProperty("providers").EnumerateArray().Single(provider => provider.GetProperty("channel").GetString() == "kannel").GetProperty("waiting").GetInt64().ShouldBe(1);
        shown.GetProperty("lanes").EnumerateArray().Single(lane => lane.GetProperty("purpose").GetString() == "Answer").GetProperty("waiting").GetInt64().ShouldBe(1);

        (await ResumeAsync(administrator, "Provider", "kannel")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await service.StateIsAsync(id, "AcceptedByProvider");
        service.Kannel.CallsTo(to).Count.ShouldBe(1);
        (await TrailAsync("PauseSending") - paused, await TrailAsync("ResumeSending") - resumed).ShouldBe((1, 1));
    }

    [Fact]
    public async Task NOT_4_a_lane_that_is_stopped_holds_up_no_other()
    {
        var administrator = service.Client(roles: Roles.Administrator);
        await StopAsync(administrator, "Lane", "Notice");
        var notice = NotificationFixture.Order(NotificationFixture.Number()) with { Purpose = SmsPurpose.Notice };
        await service.Bus.PublishAsync(notice);
        var broadcast = NotificationFixture.Order(NotificationFixture.Number()) with { Purpose = SmsPurpose.Broadcast };
        await service.Bus.PublishAsync(broadcast);
        await service.StateIsAsync(broadcast.SmsId, "AcceptedByProvider");
        await service.StateIsAsync(notice.SmsId, "Queued");
        await ResumeAsync(administrator, "Lane", "Notice");
        await service.StateIsAsync(notice.SmsId, "AcceptedByProvider");
    }

    [Fact]
    public async Task NOT_4_of_two_who_stop_the_same_at_once_one_hears_that_it_is_done()
    {
        var administrator = service.Client(roles: Roles.Administrator);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => administrator.PostAsJsonAsync(Pauses, new { kind = "Lane", name = "AutoAnswer", reason = "Uji" })));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
        (await ResumeAsync(administrator, "Lane", "AutoAnswer")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ResumeAsync(administrator, "Lane", "AutoAnswer")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Provider", "tidak-ada", "Uji", "name")]
    [InlineData("Provider", "generic", "Uji", "name")]
    [InlineData("Lane", "2", "Uji", "name")]
    [InlineData("Lane", "answer", "Uji", "name")]
    [InlineData("Lane", "Answer", " ", "reason")]
    [InlineData(null, "Answer", "Uji", "kind")]
    public async Task NOT_4_a_pause_that_makes_no_sense_names_the_field(string? kind, string name, string reason, string field)
    {
        var answer = await service.Client(roles: Roles.Administrator).PostAsJsonAsync(Pauses, new { kind, name, reason });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task NOT_4_what_is_uncertain_is_handed_over_once_more_by_one_of_two_people_and_never_while_it_is_on_its_way()
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, FaultyKannel.Resets);
        var id = await service.SendAsync(to);
        await service.StateIsAsync(id, "Uncertain");
        var secretary = service.Client(roles: Roles.Secretary);
        var version = (await secretary.GetFromJsonAsync<JsonElement>($"/api/notifications/messages/{id}")).GetProperty("message").GetProperty("version").GetInt64();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            secretary.PostAsJsonAsync($"/api/notifications/messages/{id}/resend", new { reason = "Warga menelepon, belum terima", version })));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted).ShouldBe(1);
        var refused = await answers.First(answer => answer.StatusCode == HttpStatusCode.Conflict).Content.ReadFromJsonAsync<JsonElement>();
        refused.GetProperty("current").GetProperty("id").GetGuid().ShouldBe(id);
        await service.StateIsAsync(id, "AcceptedByProvider");
        service.Kannel.CallsTo(to).Count.ShouldBe(2);

        var now = (await secretary.GetFromJsonAsync<JsonElement>($"/api/notifications/messages/{id}")).GetProperty("message").GetProperty("version").GetInt64();
        (await secretary.PostAsJsonAsync($"/api/notifications/messages/{id}/resend", new { reason = "Lagi", version = now })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await service.Database.ScalarAsync<long>($"select count(*) from outbox where type = '{typeof(WriteToAuditTrail).FullName}' and body like '%ResendSms%{id}%'")).ShouldBe(1);
    }

    [Fact]
    public async Task NOT_4_what_failed_or_came_too_late_can_be_resent_but_not_what_has_no_words_any_more()
    {
        var to = NotificationFixture.Number();
        var order = NotificationFixture.Order(to) with { ExpiresAt = service.Clock.GetUtcNow() };
        await service.Bus.PublishAsync(order);
        await service.StateIsAsync(order.SmsId, "Expired");
        var secretary = service.Client(roles: Roles.Secretary);
        (await secretary.PostAsJsonAsync($"/api/notifications/messages/{order.SmsId}/resend", new { reason = "Masih perlu", version = 1 })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await service.StateIsAsync(order.SmsId, "AcceptedByProvider");

        var empty = await service.HandedOverAsync("kannel", state: "Failed");
        (await secretary.PostAsJsonAsync($"/api/notifications/messages/{empty}/resend", new { reason = "Lagi", version = 0 })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await secretary.PostAsJsonAsync($"/api/notifications/messages/{Guid.NewGuid()}/resend", new { reason = "Lagi", version = 0 })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task NOT_4_an_earlier_handover_that_is_reported_as_failed_stops_no_resend()
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, FaultyKannel.Resets);
        var id = await service.SendAsync(to);
        await service.StateIsAsync(id, "Uncertain");
        var administrator = service.Client(roles: Roles.Administrator);
        await StopAsync(administrator, "Provider", "kannel");
        var secretary = service.Client(roles: Roles.Secretary);
        var version = (await secretary.GetFromJsonAsync<JsonElement>($"/api/notifications/messages/{id}")).GetProperty("message").GetProperty("version").GetInt64();
        (await secretary.PostAsJsonAsync($"/api/notifications/messages/{id}/resend", new { reason = "Warga menelepon, belum terima", version })).EnsureSuccessStatusCode();

        await service.LearnAsync(id, "2");

        (await service.StateAsync(id)).ShouldBe("Queued");
        await ResumeAsync(administrator, "Provider", "kannel");
        await service.StateIsAsync(id, "AcceptedByProvider");
        service.Kannel.CallsTo(to).Count.ShouldBe(2);
    }

    [Fact]
    public async Task NOT_4_nothing_fails_over_to_a_provider_that_is_stopped()
    {
        var administrator = service.Client(roles: Roles.Administrator);
        await StopAsync(administrator, "Provider", "kannel");
        var id = await service.SendAsync(NotificationFixture.Number(), channel: "preferred");
        (await service.AnswerAsync(id, "preferred")).ShouldStartWith("Queued");
        await service.StateIsAsync(id, "Queued");
        (await service.Database.ScalarAsync<string>($"select sent_by from sms where id = '{id}'")).ShouldBe("preferred");

        await ResumeAsync(administrator, "Provider", "kannel");
        await Eventually.TrueAsync(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(5));
            return await service.Database.ScalarAsync<bool>($"select sent_by = 'kannel' and state = 'AcceptedByProvider' from sms where id = '{id}'");
        });
        await service.SignInIsFreshAsync();
    }

    /// <summary>What the audit trail has been told of Kannel in this class.</summary>
    private Task<long> TrailAsync(string act) =>
        service.Database.ScalarAsync<long>($"select count(*) from outbox where type = '{typeof(WriteToAuditTrail).FullName}' and body like '%\"{act}\"%kannel%'");

    private static async Task StopAsync(HttpClient administrator, string kind, string name) =>
        (await administrator.PostAsJsonAsync(Pauses, new { kind, name, reason = "Tagihan belum lunas" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    private static Task<HttpResponseMessage> ResumeAsync(HttpClient administrator, string kind, string name) =>
        administrator.PostAsJsonAsync($"{Pauses}/{kind}/{name}/resume", new { reason = "Sudah dibayar" });
}
