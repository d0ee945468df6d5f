using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Notification.Operating;
using Notification.Providers;
using Notification.Sending;
using Notification.Tests.Testing;

namespace Notification.Tests.Providers;

public sealed class TwilioTests(TwilioFixture service) : IClassFixture<TwilioFixture>
{
    [Fact]
    public async Task NOT_4_twilio_reports_to_an_address_with_our_id_that_its_signature_covers()
    {
        var to = NotificationFixture.Number();
        var id = await service.SendAsync(to, TwilioFixture.Channel, "Stok datang & siap? 100%");
        await service.StateIsAsync(id, "AcceptedByProvider");
        var call = service.Twilio.CallsTo(to).ShouldHaveSingleItem();
        call.Authorization.ShouldBe("Basic " + Convert.ToBase64String("SK1:rahasia-uji"u8));
        (call.Form["From"], call.Form["Body"]).ShouldBe((TwilioFixture.OwnNumber, "Stok datang & siap? 100%"));
        call.Form["StatusCallback"].ShouldBe($"{NotificationFixture.TwilioUrlOf(TwilioFixture.Channel)}/status?id={id}#rc=5&rp=all");

        // The sid is not what counts, and an id that the signature does not cover is nobody's.
        var other = await service.SendAsync(NotificationFixture.Number(), TwilioFixture.Channel);
        (await service.TwilioReportAsync("MessageSid=SM9&MessageStatus=sent", query: $"?id={id}", channel: TwilioFixture.Channel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.StateIsAsync(id, "AcceptedByOperator");
        (await service.TwilioReportAsync("MessageSid=SM9&MessageStatus=failed", token: "salah", query: $"?id={other}", channel: TwilioFixture.Channel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.TwilioReportAsync("MessageSid=SM9&MessageStatus=undelivered&ErrorCode=30003", query: $"?id={id}", channel: TwilioFixture.Channel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.StateIsAsync(id, "Failed");
        await service.StateIsAsync(other, "AcceptedByProvider");
    }

    [Theory]
    [InlineData(201, """{"sid":"SM1","status":"accepted"}""", "AcceptedByProvider accepted")]
    [InlineData(201, """{"sid":"SM1","status":"failed","error_code":30001}""", "Failed failed failed")]
    [InlineData(201, """{"status":"queued"}""", "Uncertain 201")]
    [InlineData(201, """{"sid":"SM1","status":"menunggu"}""", "Uncertain 201")]
    [InlineData(201, "<html>", "Uncertain 201")]
    [InlineData(200, """{"sid":"SM1","status":"queued"}""", "Uncertain 200")]
    [InlineData(400, """{"code":21211,"message":"Invalid 'To'","status":400}""", "Failed 400 21211 refused-by-provider")]
    [InlineData(400, """{"code":21610,"status":400}""", "Failed 400 21610 opted-out")]
    [InlineData(400, """{"code":21408,"status":400}""", "Failed 400 21408 not-routable")]
    [InlineData(400, """{"code":21612,"status":400}""", "Failed 400 21612 not-routable")]
    [InlineData(400, """{"code":21606,"status":400}""", "Queued 400 21606")]
    [InlineData(400, """{"code":21659,"status":400}""", "Queued 400 21659")]
    [InlineData(400, """{"code":21609,"status":400}""", "Queued 400 21609")]
    [InlineData(400, """{"code":21611,"status":400}""", "Queued 400 21611")]
    [InlineData(429, """{"code":63038,"status":429}""", "Queued 429 63038")]
    [InlineData(400, "tidak baik", "Failed 400 refused-by-provider")]
    [InlineData(401, """{"code":20003,"status":401}""", "Queued 401 20003")]
    [InlineData(402, "", "Queued 402")]
    [InlineData(403, """{"code":20006,"status":403}""", "Queued 403 20006")]
    [InlineData(404, """{"code":20404,"status":404}""", "Queued 404 20404")]
    [InlineData(408, "", "Uncertain 408")]
    [InlineData(500, """{"code":20500,"status":500}""", "Uncertain 500 20500")]
    [InlineData(503, "", "Uncertain 503")]
    public async Task NOT_4_only_an_answer_in_twilios_table_is_known(int status, string body, string meaning)
    {
        var to = NotificationFixture.Number();
        service.Twilio.Script(to, FaultyKannel.Says(status, body));
        (await service.AnswerAsync(await service.SendAsync(to, TwilioFixture.Channel), TwilioFixture.Channel)).ShouldBe(meaning);
    }

    [Fact]
    public async Task NOT_4_a_reset_and_silence_are_unknown_until_a_report_comes_and_there_is_no_sid_to_ask_by()
    {
        var (cut, silent) = (NotificationFixture.Number(), NotificationFixture.Number());
        service.Twilio.Script(cut, FaultyKannel.Resets);
        service.Twilio.Script(silent, FaultyKannel.IsSilent);
        var (first, second) = (await service.SendAsync(cut, TwilioFixture.First), await service.SendAsync(silent, TwilioFixture.First));
        await service.StateIsAsync(first, "Uncertain");
        (await service.AnswerAsync(second, TwilioFixture.First)).ShouldBe("Uncertain time-out");

        service.Clock.Advance(TimeSpan.FromMinutes(11));
        await AskAsync(TwilioFixture.First);
        (await service.TwilioReportAsync("MessageSid=SM7&MessageStatus=delivered", query: $"?id={second}", channel: TwilioFixture.First)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.StateIsAsync(second, "Delivered");
        // Nobody else was given it, and nobody twice.
        (service.Twilio.CallsTo(cut).Count, service.Kannel.CallsTo(cut).Count).ShouldBe((1, 0));
        (await service.StateAsync(first)).ShouldBe("Uncertain");
    }

    [Fact]
    public async Task NOT_4_a_silent_one_is_asked_for_by_its_sid()
    {
        var (to, at) = (NotificationFixture.Number(), NotificationFixture.Number());
        var (known, forgotten) = (await service.SendAsync(to, TwilioFixture.Channel), await service.SendAsync(at, TwilioFixture.Channel));
        await service.StateIsAsync(known, "AcceptedByProvider");
        await service.StateIsAsync(forgotten, "AcceptedByProvider");
        var sid = await service.Database.ScalarAsync<string>($"select provider_id from sms where id = '{known}'");
        service.Knows($"Messages/{sid}.json", new { sid, status = "undelivered", error_code = 30005, to });
        service.Clock.Advance(TimeSpan.FromHours(13));
        await Eventually.TrueAsync(async () =>
        {
            await AskAsync(TwilioFixture.Channel);
            return await service.StateAsync(known) == "Failed";
        });
        (await service.Database.ScalarAsync<string>($"select code from delivery_event where sms_id = '{known}' and source = 'report'")).ShouldBe($"asked undelivered 30005 {sid}");
        (await service.StateAsync(forgotten)).ShouldBe("AcceptedByProvider");
    }

    [Fact]
    public async Task NOT_4_what_twilio_says_of_a_second_handover_in_the_same_words_counts_too()
    {
        var id = await service.SendAsync(NotificationFixture.Number(), TwilioFixture.Channel);
        await NotDeliveredAsync(id);
        await service.ResendAsync(id);
        await NotDeliveredAsync(id);
        (await service.Database.ScalarAsync<long>($"select count(*) from delivery_event where sms_id = '{id}' and code like 'undelivered 30003 SM%'")).ShouldBe(2);
        (await service.Database.ScalarAsync<long>($"select sum(seen)::bigint from report where reference = '{id}'")).ShouldBe(4);
    }

    /// <summary>Told twice, as Twilio does when an answer is lost.</summary>
    private async Task NotDeliveredAsync(Guid id)
    {
        await service.StateIsAsync(id, "AcceptedByProvider");
        var sid = await service.Database.ScalarAsync<string>($"select provider_id from sms where id = '{id}'");
        for (var time = 0; time < 2; time++)
            (await service.TwilioReportAsync($"MessageSid={sid}&MessageStatus=undelivered&ErrorCode=30003", query: $"?id={id}", channel: TwilioFixture.Channel)).EnsureSuccessStatusCode();
        await service.StateIsAsync(id, "Failed");
    }

    [Fact]
    public async Task NOT_4_a_sender_name_that_is_not_granted_is_refused_and_a_number_of_our_own_is_a_setting()
    {
        var (named, numbered) = (NotificationFixture.Number(), NotificationFixture.Number());
        foreach (var to in new[] { named, numbered })
            service.Twilio.Script(to, FaultyKannel.Says(400, """{"code":21212}"""));
        var (name, number) = (NotificationFixture.Order(named, TwilioFixture.Channel) with { From = "DINKES" }, NotificationFixture.Order(numbered, TwilioFixture.Channel));
        await service.Bus.PublishAsync(name);
        await service.Bus.PublishAsync(number);
        (await service.AnswerAsync(name.SmsId, TwilioFixture.Channel)).ShouldBe("Failed 400 21212 refused-by-provider");
        (await service.AnswerAsync(number.SmsId, TwilioFixture.Channel)).ShouldBe("Queued 400 21212");
        service.Twilio.CallsTo(named)[0].Form["From"].ShouldBe("DINKES");
    }

    [Fact]
    public async Task NOT_4_too_many_requests_are_left_alone_as_long_as_twilio_says_also_as_a_date()
    {
        foreach (var until in new[] { "120", "Mon, 05 Jan 2026 02:02:00 GMT" })
        {
            var to = NotificationFixture.Number();
            service.Twilio.Script(to, context =>
            {
                context.Response.Headers.Date = "Mon, 05 Jan 2026 02:00:00 GMT";
                context.Response.Headers.RetryAfter = until;
                return FaultyKannel.Says(429, """{"code":20429}""")(context);
            });
            var id = await service.SendAsync(to, TwilioFixture.Channel);
            (await service.AnswerAsync(id, TwilioFixture.Channel)).ShouldBe("Queued 429 20429");
            await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from sms where id = '{id}' and attempts = 0 and state = 'Queued')"));
            (await service.Database.ScalarAsync<DateTime>($"select blocked_until from route where channel = '{TwilioFixture.Channel}'"))
                .ShouldBe(service.Clock.GetUtcNow().UtcDateTime.AddSeconds(120), TimeSpan.FromSeconds(1));
            await service.Database.ExecuteAsync($"update sms set state = 'Expired' where id = '{id}'; delete from route");
        }
    }

    [Fact]
    public async Task NOT_4_what_twilio_does_not_take_goes_to_kannel_and_what_kannel_does_not_take_to_twilio_under_its_number()
    {
        var (refused, routed, other) = (NotificationFixture.Number(), NotificationFixture.Number(), NotificationFixture.Number());
        service.Twilio.Script(refused, FaultyKannel.Says(401, """{"code":20003}"""));
        service.Twilio.Script(routed, FaultyKannel.Says(400, """{"code":21612}"""));
        var ids = new[] { await service.SendAsync(refused, TwilioFixture.First), await service.SendAsync(routed, TwilioFixture.First) };
        foreach (var id in ids)
            await service.StateIsAsync(id, "AcceptedByProvider");
        foreach (var to in new[] { refused, routed })
            (service.Twilio.CallsTo(to).Count, service.Kannel.CallsTo(to).Count).ShouldBe((1, 1));
        await service.LearnAsync(ids[0], "1");
        await service.StateIsAsync(ids[0], "Delivered");

        var order = NotificationFixture.Order(other, TwilioFixture.Behind) with { From = NotificationFixture.CityNumber };
        await service.Bus.PublishAsync(order);
        await service.StateIsAsync(order.SmsId, "AcceptedByProvider");
        service.Twilio.CallsTo(other).ShouldHaveSingleItem().Form["From"].ShouldBe(TwilioFixture.OwnNumber);
        (await service.TwilioReportAsync("MessageSid=SM8&MessageStatus=delivered", query: $"?id={order.SmsId}", channel: TwilioFixture.Channel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.StateIsAsync(order.SmsId, "Delivered");
    }

    [Fact]
    public async Task NOT_4_twilio_says_what_is_left()
    {
        await service.BalanceIsAsync(TwilioFixture.Channel, 12.29m, "USD");
        service.Knows("Balance.json", new { balance = "-0.55", currency = "USD" });
        await service.BalanceIsAsync(TwilioFixture.Channel, -0.55m, "USD");
        (await service.Client().GetStringAsync("/health/ready")).ShouldContain($"{TwilioFixture.Channel} has -0.55 USD left");
    }

    [Fact]
    public async Task NOT_4_kannel_sends_what_comes_over_from_twilio_from_its_own_number()
    {
        foreach (var (from, sender) in new[] { (TwilioFixture.OwnNumber, NotificationFixture.CityNumber), (NotificationFixture.CityNumber[1..], NotificationFixture.CityNumber), ("DINKES", "DINKES") })
        {
            var order = NotificationFixture.Order(NotificationFixture.Number(), TwilioFixture.First) with { From = from };
            service.Twilio.Script(order.To, FaultyKannel.Says(401, """{"code":20003}"""));
            await service.Bus.PublishAsync(order);
            await service.StateIsAsync(order.SmsId, "AcceptedByProvider");
            service.Kannel.CallsTo(order.To).ShouldHaveSingleItem().From.ShouldBe(sender);
        }
    }

    [Fact]
    public async Task NOT_4_a_balance_that_cannot_be_asked_for_is_an_alarm_after_an_hour_and_keeps_no_other_from_being_asked_for()
    {
        Func<HttpContext, Task> oddly = static context =>
        {
            context.Response.ContentType = "application/json; charset=utf8";
            return context.Response.WriteAsync("""{"balance":"20.5","currency":"USD"}""");
        };
        var silence = $"{TwilioFixture.Channel} has not said what is left";
        service.Knows("Balance.json", oddly);
        await service.BalanceIsAsync(TwilioFixture.Channel, 20.5m, "USD");
        (await HealthAsync()).ShouldNotContain(silence);

        Func<HttpContext, Task> resets = FaultyKannel.Resets;
        service.Knows("Balance.json", resets);
        service.Clock.Advance(TimeSpan.FromMinutes(61));
        await service.Services.GetRequiredService<WatchBalance>().LookAsync(CancellationToken.None);
        (await service.Database.ScalarAsync<long>($"select count(*) from balance where asked_at = '{service.Clock.GetUtcNow():O}'")).ShouldBe(2);
        (await HealthAsync()).ShouldContain(silence);
        // Nobody has set an alarm for that one.
        (await HealthAsync()).ShouldNotContain($"{TwilioFixture.First} has not said");
        await service.Database.ExecuteAsync("delete from balance");
        (await HealthAsync()).ShouldContain(silence);
        service.Knows("Balance.json", new { account_sid = "AC1", balance = "12.29", currency = "USD" });
        await service.BalanceIsAsync(TwilioFixture.Channel, 12.29m, "USD");
        (await HealthAsync()).ShouldNotContain(silence);
    }

    private Task<string> HealthAsync() => service.Client().GetStringAsync("/health/ready");

    private Task AskAsync(string channel) =>
        service.Services.GetRequiredService<AskSilentSms>().AskAsync(service.Services.GetRequiredService<Channels>().Senders[channel], CancellationToken.None);
}
