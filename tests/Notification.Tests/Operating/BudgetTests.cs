using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Operating;

public sealed class BudgetFixture : NotificationFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Concat(new Dictionary<string, string?>
    {
        ["Sending:Budgets:health:Segments"] = "10",
        ["Sending:Budgets:health:Payer"] = "DINKES",
        ["Sending:Budgets:all:Segments"] = "1000",
    });
}

public sealed class BudgetTests(BudgetFixture service) : IClassFixture<BudgetFixture>
{
    [Fact]
    public async Task NOT_4_segments_are_counted_for_who_pays_and_the_alarm_comes_before_the_end_and_goes_with_the_month()
    {
        for (var sms = 0; sms < 7; sms++)
            await SendAsync("DINKES", "Rapat");
        await SendAsync("DISHUB", new string('a', 161));
        await SendAsync(null, "Rapat");
        // Refused ones cost nothing.
        await SendAsync("DINKES", "Rapat", digits: "005", state: "Failed");
        (await UsedAsync()).ShouldBe([("all", 10, false), ("health", 7, false)]);
        (await service.Client().GetStringAsync("/health/ready")).ShouldNotContain("segments");

        await SendAsync("DINKES", "Rapat");
        (await UsedAsync()).ShouldBe([("all", 11, false), ("health", 8, true)]);
        (await service.Client().GetStringAsync("/health/ready")).ShouldContain("health has used 8 of 10 segments");

        // 1 February in Jakarta begins on 31 January, 17:00 UTC.
        service.Clock.Advance(new DateTimeOffset(2026, 1, 31, 17, 0, 0, TimeSpan.Zero) - service.Clock.GetUtcNow());
        await service.SignInIsFreshAsync();
        (await service.Client().GetStringAsync("/health/ready")).ShouldNotContain("segments");
        (await service.Database.ScalarAsync<decimal>("select sum(sms) from sms_usage")).ShouldBe(10);
    }

    [Fact]
    public async Task NOT_4_what_a_test_key_orders_is_recognisable_and_counts_nowhere()
    {
        var application = service.Application(Guid.CreateVersion7(), Scopes.TestNotifications);
        var administrator = service.Client(roles: Roles.Administrator);
        var used = await UsedAsync();
        var order = async (string digits, string state) =>
        {
            var request = new { recipients = new[] { new { to = NotificationFixture.Number(digits) } }, text = "Percobaan" };
            // Another test turns the clock on.
            var answer = await Eventually.GetAsync(() => application.PostAsJsonAsync("/api/notifications/sms", request), answer => answer.IsSuccessStatusCode);
            var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].GetProperty("id").GetGuid();
            await service.StateIsAsync(id, state);
            return id;
        };
        var (delivered, uncertain) = (await order("100", "Delivered"), await order("004", "Uncertain"));
        (await UsedAsync()).ShouldBe(used);
        (await service.Database.ScalarAsync<long>("select count(*) from sms_usage where channel = 'simulation'")).ShouldBe(0);
        (await application.GetFromJsonAsync<JsonElement>($"/api/notifications/sms/{delivered}")).GetProperty("test").GetBoolean().ShouldBeTrue();
        (await administrator.GetFromJsonAsync<JsonElement>($"/api/notifications/messages/{uncertain}")).GetProperty("message").GetProperty("test").GetBoolean().ShouldBeTrue();

        // Neither do those that wait, whatever they wait for.
        await service.Database.ExecuteAsync($"update sms set state = 'Queued', created_at = created_at - interval '1 hour', next_attempt_at = next_attempt_at + interval '1 day', expires_at = expires_at + interval '2 days' where id in ('{delivered}', '{uncertain}')");
        var sending = await administrator.GetFromJsonAsync<JsonElement>("/api/notifications/sending");
        sending.GetProperty("lanes").EnumerateArray().Single(lane => lane.GetProperty("purpose").GetString() == "Notice").GetProperty("waiting").GetInt64().ShouldBe(0);
        sending.GetProperty("providers").EnumerateArray().ShouldNotContain(provider => provider.GetProperty("channel").GetString() == "simulation");
        (await service.Client().GetStringAsync("/health/ready")).ShouldNotContain("an SMS waits");
    }

    [Fact]
    public async Task NOT_4_a_payer_that_is_no_name_is_refused()
    {
        var order = NotificationFixture.Order(NotificationFixture.Number(), channel: "sandbox") with { Payer = new string('x', 65) };
        await service.Bus.PublishAsync(order);
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == order.SmsId)).Reason.ShouldBe("payer-invalid");
    }

    private async Task SendAsync(string? payer, string text, string digits = "100", string state = "Delivered")
    {
        var order = NotificationFixture.Order(NotificationFixture.Number(digits), channel: "sandbox", text: text) with { Payer = payer };
        await service.Bus.PublishAsync(order);
        await service.StateIsAsync(order.SmsId, state);
    }

    private async Task<List<(string, long, bool)>> UsedAsync() =>
        [.. (await service.Client(roles: Roles.Administrator).GetFromJsonAsync<JsonElement>("/api/notifications/sending")).GetProperty("budgets").EnumerateArray()
            .Select(budget => (budget.GetProperty("name").GetString()!, budget.GetProperty("used").GetInt64(), budget.GetProperty("isAlarm").GetBoolean()))];
}
