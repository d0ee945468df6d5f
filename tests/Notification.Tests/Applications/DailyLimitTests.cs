using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Applications;

public sealed class DailyLimitTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private readonly Guid _application = Guid.CreateVersion7();

    private Task<HttpResponseMessage> OrderAsync(int recipients = 1) => service.Application(_application, Scopes.SendNotifications).PostAsJsonAsync("/api/notifications/sms",
        new { recipients = Enumerable.Range(0, recipients).Select(_ => new { to = NotificationFixture.Number() }), text = "Halo" });

    private Task<HttpResponseMessage> SetAsync(long version, int? perDay, string? reason = "kuota dinas", string role = Roles.Administrator) =>
        service.Client(roles: role).PutAsJsonAsync($"/api/notifications/applications/{_application}/daily-limit", new { version, perDay, reason });

    [Fact]
    public async Task NOT_4_the_days_limit_holds_for_orders_at_once_and_says_when_to_come_again()
    {
        (await OrderAsync()).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await SetAsync(1, 4)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await OrderAsync(recipients: 4)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OrderAsync()));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted).ShouldBe(3);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("type").GetString().ShouldBe("urn:platform:problem:daily-limit");
        // The clock stands at nine in the morning of Jakarta.
        refused.Headers.RetryAfter!.Delta.ShouldNotBeNull().TotalHours.ShouldBeInRange(1, 15);
        (await service.Database.ScalarAsync<int>($"select ordered from application_day where application_id = '{_application}'")).ShouldBe(4);
        (await service.Database.ScalarAsync<long>($"select count(*) from application_message where application_id = '{_application}'")).ShouldBe(4);
    }

    [Fact]
    public async Task NOT_4_a_limit_is_set_for_a_reason_and_of_two_who_set_it_one_wins()
    {
        (await OrderAsync()).EnsureSuccessStatusCode();
        await using var bus = await service.StartBusAsync(typeof(WriteToAuditTrail));
        (await SetAsync(1, 5, reason: " ")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var answers = await Task.WhenAll(SetAsync(1, 5), SetAsync(1, 6));
        answers.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        var conflict = await answers.Single(answer => answer.StatusCode == HttpStatusCode.Conflict).Content.ReadFromJsonAsync<JsonElement>();
        conflict.GetProperty("current").GetProperty("version").GetInt64().ShouldBe(2);
        (await bus.GetAsync<WriteToAuditTrail>(entry => entry.SubjectId == _application)).Reason.ShouldBe("kuota dinas");
        (await SetAsync(2, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task NOT_4_only_the_administrator_sets_it_and_only_for_who_has_sent()
    {
        (await SetAsync(1, 5)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SetAsync(1, 5, role: Roles.Chair)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SetAsync(1, -1)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await service.Client(roles: Roles.Secretary).GetAsync("/api/notifications/applications")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Client(roles: Roles.Administrator).GetAsync("/api/notifications/applications?cursor=x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
