using System.Text.Json;
using System.Net.Http.Json;
using Contracts.Notification;
using Microsoft.Extensions.DependencyInjection;
using Notification.Providers;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Sending;

public sealed class FailOverTests(ImpatientFixture service) : IClassFixture<ImpatientFixture>
{
    [Fact]
    public async Task NOT_4_what_a_provider_certainly_does_not_take_goes_to_the_next_one_once()
    {
        var numbers = Enumerable.Range(0, 12).Select(_ => NotificationFixture.Number()).ToList();
        var ids = new List<Guid>();
        foreach (var number in numbers)
            ids.Add(await service.SendAsync(number, channel: "preferred"));
        // Some are refused and go on at once; some wait at a provider that rests, and go on when it has failed for half a minute.
        await Eventually.TrueAsync(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(5));
            return await service.Database.ScalarAsync<long>($"select count(*) from sms where id = any ('{{{string.Join(',', ids)}}}') and state = 'AcceptedByProvider' and sent_by = 'kannel'") == ids.Count;
        });
        numbers.ShouldAllBe(number => service.Kannel.CallsTo(number).Count == 1);
        // The other provider's reports are the ones that count.
        await service.LearnAsync(ids[0], "1");
        await service.StateIsAsync(ids[0], "Delivered");
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("rubbish")]
    [InlineData("500")]
    public async Task NOT_4_what_is_uncertain_is_given_to_nobody_else(string fault)
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, fault switch
        {
            "reset" => FaultyKannel.Resets,
            "rubbish" => FaultyKannel.Says(200, "{\"error\":\"quota\"}"),
            _ => FaultyKannel.Says(500, "Sending failed."),
        });
        var id = await service.SendAsync(to, channel: "doubtful");
        await service.StateIsAsync(id, "Uncertain");
        service.Clock.Advance(TimeSpan.FromMinutes(5));
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number(), channel: "sandbox"), "Delivered");
        (await service.Database.ScalarAsync<string>($"select sent_by from sms where id = '{id}'")).ShouldBe("doubtful");
        service.Kannel.CallsTo(to).Count.ShouldBe(1);
    }

    [Fact]
    public async Task NOT_4_a_number_that_one_provider_cannot_reach_is_tried_at_the_next_before_it_fails()
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, FaultyKannel.Says(403, "Not routable. Do not try again."));
        await service.StateIsAsync(await service.SendAsync(to, channel: "doubtful"), "Delivered");
        service.Kannel.CallsTo(to).Count.ShouldBe(1);
    }

    [Fact]
    public async Task NOT_4_a_number_that_no_provider_reaches_fails_when_each_has_said_so_once()
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, NotRoutable, NotRoutable);
        var id = await service.SendAsync(to, channel: "distant");
        var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id);
        (told.Status, told.Reason).ShouldBe((DeliveryStatus.Failed, "not-routable"));
        service.Kannel.CallsTo(to).Count.ShouldBe(2);

        // By a person's decision all are asked anew.
        service.Kannel.Script(to, NotRoutable, FaultyKannel.Accepts);
        await service.ResendAsync(id);
        await service.StateIsAsync(id, "AcceptedByProvider");
        service.Kannel.CallsTo(to).Count.ShouldBe(4);
    }

    [Fact]
    public async Task NOT_4_attempts_that_came_to_nothing_do_not_stand_for_providers_that_were_never_asked()
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, [FaultyKannel.Says(503, "busy"), FaultyKannel.Says(503, "busy"), .. Enumerable.Repeat<Func<Microsoft.AspNetCore.Http.HttpContext, Task>>(NotRoutable, 100)]);
        await service.SignInIsFreshAsync();
        (await service.Client(roles: Roles.Administrator).PostAsJsonAsync("/api/notifications/sending/pauses", new { kind = "Provider", name = "sandbox", reason = "Uji" })).EnsureSuccessStatusCode();
        var id = await service.SendAsync(to, channel: "doubtful");
        Task<bool> AfterAWhileAsync(string sql)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(5));
            return service.Database.ScalarAsync<bool>(sql);
        }

        // Nobody else is open, but somebody else may reach it: it waits.
        await Eventually.TrueAsync(() => AfterAWhileAsync($"select exists (select from delivery_event where sms_id = '{id}' and told = 'Queued' and reason = 'not-routable')"));
        await service.StateIsAsync(id, "Queued");

        await service.SignInIsFreshAsync();
        (await service.Client(roles: Roles.Administrator).PostAsJsonAsync("/api/notifications/sending/pauses/Provider/sandbox/resume", new { reason = "Uji" })).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => AfterAWhileAsync($"select exists (select from sms where id = '{id}' and state = 'Delivered' and sent_by = 'sandbox')"));
        await service.SignInIsFreshAsync();
    }

    private static Task NotRoutable(Microsoft.AspNetCore.Http.HttpContext context) => FaultyKannel.Says(403, "Not routable. Do not try again.")(context);

    [Fact]
    public async Task NOT_4_what_waits_at_a_provider_that_throttles_for_long_goes_to_the_next_one()
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, static context =>
        {
            context.Response.Headers.RetryAfter = "300";
            return FaultyKannel.Says(429, "slower")(context);
        });
        await service.StateIsAsync(await service.SendAsync(to, channel: "doubtful"), "Delivered");
        service.Kannel.CallsTo(to).Count.ShouldBe(1);
        await service.Database.ExecuteAsync("delete from route");
    }

    [Fact]
    public async Task NOT_4_a_provider_that_has_failed_is_asked_again_where_there_is_no_other()
    {
        var kannel = service.Services.GetRequiredService<Channels>().Senders["kannel"];
        // Others were answered well within the same half minute: how many it takes is not known.
        for (var tried = 0; kannel.FailingSince is null && tried < 100; tried++)
        {
            var number = NotificationFixture.Number();
            service.Kannel.Script(number, FaultyKannel.Resets);
            await service.StateIsAsync(await service.SendAsync(number), "Uncertain");
        }

        kannel.FailingSince.ShouldNotBeNull();
        var id = await service.SendAsync(NotificationFixture.Number(), channel: "preferred");
        await Eventually.TrueAsync(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(5));
            return await service.Database.ScalarAsync<bool>($"select exists (select from sms where id = '{id}' and sent_by = 'kannel' and state = 'AcceptedByProvider')");
        });
        kannel.FailingSince.ShouldBeNull();
    }

    [Fact]
    public async Task NOT_4_long_silence_is_named_and_ended_by_any_news()
    {
        var id = await service.HandedOverAsync("kannel", state: "AcceptedByOperator");
        service.Clock.Advance(TimeSpan.FromHours(73));
        var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id);
        (told.Status, told.NoReport, told.AcceptedByOperator).ShouldBe((DeliveryStatus.Pending, true, true));
        await service.SignInIsFreshAsync();
        var secretary = service.Client(roles: Roles.Secretary);
        await Eventually.TrueAsync(async () => (await secretary.GetAsync("/api/notifications/messages?noReport=true")).IsSuccessStatusCode);
        var list = await secretary.GetFromJsonAsync<JsonElement>("/api/notifications/messages?noReport=true");
        list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ShouldContain(id);

        await service.LearnAsync(id, "1");
        var late = await service.Bus.GetAsync<DeliveryStatusChanged>(news => news.SmsId == id && news.Version == told.Version + 1);
        (late.Status, late.NoReport).ShouldBe((DeliveryStatus.Delivered, false));
    }
}
