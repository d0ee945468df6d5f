using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Notification.Tests.Mail;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Applications;

/// <summary>What applications order as notices keeps the city's quiet hours, whichever way it travels.</summary>
public sealed class QuietOrdersTests(EmailFixture service) : IClassFixture<EmailFixture>
{
    private static readonly TimeSpan Zone = TimeSpan.FromHours(7);

    [Fact]
    public async Task NOT_5_at_night_notices_of_applications_wait_for_the_morning_and_emergencies_and_tests_do_not()
    {
        await NextAsync(22);
        var live = service.Application(Guid.CreateVersion7(), Scopes.SendNotifications, Scopes.SendEmergencies);
        var test = service.Application(Guid.CreateVersion7(), Scopes.TestNotifications);
        var (number, address) = (NotificationFixture.Number(), EmailFixture.Address());
        var notice = await OrderSmsAsync(live, number, "Notice");
        var email = await OrderEmailAsync(live, address);

        // What is ordered behind them leaves before them.
        await service.StateIsAsync(await OrderSmsAsync(live, NotificationFixture.Number(), "Emergency"), "AcceptedByProvider");
        await service.StateIsAsync(await OrderSmsAsync(test, NotificationFixture.Number(), "Notice"), "Delivered");
        await service.EmailIsAsync(await OrderEmailAsync(test, $"uji{Guid.CreateVersion7():n}100@warga.example.id"), "Delivered");
        // A service has not said that this one may wait.
        await service.EmailIsAsync(await service.SendAsync(EmailFixture.Email(EmailFixture.Address())), "AcceptedByProvider");

        await HeldAsync("sms", notice);
        await HeldAsync("email", email);
        service.Kannel.CallsTo(number).ShouldBeEmpty();
        service.Server.To(address).ShouldBeEmpty();
        // Nobody calls it a fault that they wait.
        service.Clock.Advance(TimeSpan.FromHours(2));
        var health = await service.Client().GetStringAsync("/health/ready");
        health.ShouldNotContain("an SMS waits");
        health.ShouldNotContain("an e-mail waits");
        (await service.Client(roles: Roles.Secretary).GetStringAsync("/api/notifications/messages/emails?stuck=true")).ShouldNotContain(email.ToString());

        await NextAsync(6);
        await service.StateIsAsync(notice, "AcceptedByProvider");
        await service.EmailIsAsync(email, "AcceptedByProvider");
        service.Kannel.CallsTo(number).Count.ShouldBe(1);
        service.Server.To(address).Count.ShouldBe(1);
    }

    [Fact]
    public async Task NOT_5_an_email_that_has_not_left_when_quiet_hours_begin_goes_on_behind_them()
    {
        await NextAsync(20);
        var address = EmailFixture.Address("nanti");
        var email = await OrderEmailAsync(service.Application(Guid.CreateVersion7(), Scopes.SendNotifications), address);
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from email where id = '{email}' and state = 'Queued' and attempts = 1)"));
        await NextAsync(21);
        await HeldAsync("email", email);
        // Nor does it leave when something else makes it due.
        await service.Database.ExecuteAsync($"update email set next_attempt_at = '{service.Clock.GetUtcNow():O}' where id = '{email}'");
        await service.EmailIsAsync(await service.SendAsync(EmailFixture.Email(EmailFixture.Address())), "AcceptedByProvider");
        service.Server.To(address).ShouldBeEmpty();
        await NextAsync(6);
        await service.EmailIsAsync(email, "AcceptedByProvider");
        service.Server.To(address).Count.ShouldBe(1);
    }

    private static Task<Guid> OrderSmsAsync(HttpClient client, string to, string purpose) =>
        OrderAsync(client, "sms", new { recipients = new[] { new { to } }, text = "Nomor antrean Anda siap.", purpose });

    private static Task<Guid> OrderEmailAsync(HttpClient client, string to) =>
        OrderAsync(client, "emails", new { recipients = new[] { new { to } }, subject = "Antrean", text = "Nomor antrean Anda siap." });

    private static async Task<Guid> OrderAsync(HttpClient client, string path, object request)
    {
        var answer = await client.PostAsJsonAsync($"/api/notifications/{path}", request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].GetProperty("id").GetGuid();
    }

    private Task HeldAsync(string table, Guid id) =>
        Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from {table} where id = '{id}' and state = 'Queued' and not_before is not null)"));

    /// <summary>To the next time at which the city's clock shows this hour; whoever is signed in stays so.</summary>
    private async Task NextAsync(int hour)
    {
        var now = service.Clock.GetUtcNow().ToOffset(Zone);
        var next = now.Date.AddHours(hour);
        service.Clock.Advance(new DateTimeOffset(next > now.DateTime ? next : next.AddDays(1), Zone) - now);
        await service.SignInIsFreshAsync();
    }
}
