using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Notification.Providers;
using Notification.Sending;
using Notification.Tests.Testing;

namespace Notification.Tests.Providers;

public sealed class VonageTests(VonageFixture service) : IClassFixture<VonageFixture>
{
    [Fact]
    public async Task NOT_4_words_outside_the_gsm_alphabet_are_sent_as_unicode()
    {
        var to = NotificationFixture.Number();
        await service.StateIsAsync(await service.SendAsync(to, VonageFixture.Channel, "Terima kasih 🙏"), "AcceptedByProvider");
        service.Vonage.CallsTo(to[1..])[0].Form["type"].ShouldBe("unicode");
    }

    [Theory]
    [InlineData(200, """{"message-count":"1","messages":[{"status":"0","message-id":"0A1"}]}""", "AcceptedByProvider 0")]
    [InlineData(200, """{"messages":[{"status":"0","message-id":"0A1"},{"status":"1","error-text":"Throttled"}]}""", "Uncertain parts-differ")]
    [InlineData(200, """{"messages":[{"status":"2","error-text":"Missing to param"}]}""", "Failed 2 refused-by-provider")]
    [InlineData(200, """{"messages":[{"status":"3"}]}""", "Failed 3 refused-by-provider")]
    [InlineData(200, """{"messages":[{"status":"4"}]}""", "Queued 4")]
    [InlineData(200, """{"messages":[{"status":"5"}]}""", "Uncertain 5")]
    [InlineData(200, """{"messages":[{"status":"6"}]}""", "Failed 6 not-routable")]
    [InlineData(200, """{"messages":[{"status":"7"}]}""", "Failed 7 refused-by-provider")]
    [InlineData(200, """{"messages":[{"status":"8"}]}""", "Queued 8")]
    [InlineData(200, """{"messages":[{"status":"9"},{"status":"9"}]}""", "Queued 9")]
    [InlineData(200, """{"messages":[{"status":"11"}]}""", "Queued 11")]
    [InlineData(200, """{"messages":[{"status":"12"}]}""", "Failed 12 refused-by-provider")]
    [InlineData(200, """{"messages":[{"status":"14"}]}""", "Queued 14")]
    [InlineData(200, """{"messages":[{"status":"15"}]}""", "Queued 15")]
    [InlineData(200, """{"messages":[{"status":"22"}]}""", "Failed 22 refused-by-provider")]
    [InlineData(200, """{"messages":[{"status":"23"}]}""", "Queued 23")]
    [InlineData(200, """{"messages":[{"status":"29"}]}""", "Queued 29")]
    [InlineData(200, """{"messages":[{"status":"32"}]}""", "Queued 32")]
    [InlineData(200, """{"messages":[{"status":"33"}]}""", "Failed 33 refused-by-provider")]
    [InlineData(200, """{"messages":[{"status":"99"}]}""", "Uncertain 99")]
    [InlineData(200, """{"messages":[{"status":"gangguan pada 0812"}]}""", "Uncertain 200")]
    [InlineData(200, """{"messages":[{"status":0}]}""", "Uncertain 200")]
    [InlineData(200, """{"messages":[null]}""", "Uncertain 200")]
    [InlineData(200, """{"messages":[]}""", "Uncertain 200")]
    [InlineData(200, "{}", "Uncertain 200")]
    [InlineData(200, "<html>", "Uncertain 200")]
    [InlineData(202, """{"messages":[{"status":"0"}]}""", "Uncertain 202")]
    [InlineData(400, "", "Uncertain 400")]
    [InlineData(401, "", "Queued 401")]
    [InlineData(403, "", "Queued 403")]
    [InlineData(404, "", "Queued 404")]
    [InlineData(500, "", "Uncertain 500")]
    [InlineData(503, "", "Uncertain 503")]
    public async Task NOT_4_only_an_answer_in_vonages_table_is_known(int status, string body, string meaning)
    {
        var to = NotificationFixture.Number();
        service.Vonage.Script(to[1..], FaultyKannel.Says(status, body));
        (await service.AnswerAsync(await service.SendAsync(to, VonageFixture.Channel), VonageFixture.Channel)).ShouldBe(meaning);
    }

    [Theory]
    [InlineData(200, """{"messages":[{"status":"1","error-text":"Throttled"}]}""", "Queued 1", 5)]
    [InlineData(200, """{"messages":[{"status":"10"}]}""", "Queued 10", 5)]
    [InlineData(429, "", "Queued 429", 90)]
    public async Task NOT_4_a_throttling_vonage_is_left_alone_and_no_attempt_counts(int status, string body, string meaning, int seconds)
    {
        var to = NotificationFixture.Number();
        service.Vonage.Script(to[1..], context =>
        {
            if (status == StatusCodes.Status429TooManyRequests)
                context.Response.Headers.RetryAfter = "90";
            return FaultyKannel.Says(status, body)(context);
        });
        var id = await service.SendAsync(to, VonageFixture.Channel);
        (await service.AnswerAsync(id, VonageFixture.Channel)).ShouldBe(meaning);
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from sms where id = '{id}' and attempts = 0 and state = 'Queued')"));
        (await service.Database.ScalarAsync<DateTime>($"select blocked_until from route where channel = '{VonageFixture.Channel}'"))
            .ShouldBe(service.Clock.GetUtcNow().UtcDateTime.AddSeconds(seconds), TimeSpan.FromSeconds(1));
        await service.Database.ExecuteAsync($"update sms set state = 'Expired' where id = '{id}'; delete from route");
    }

    [Fact]
    public async Task NOT_4_a_sender_name_that_is_not_granted_is_refused()
    {
        var to = NotificationFixture.Number();
        service.Vonage.Script(to[1..], FaultyKannel.Says(200, """{"messages":[{"status":"15"}]}"""));
        var order = NotificationFixture.Order(to, VonageFixture.Channel) with { From = "DINKES" };
        await service.Bus.PublishAsync(order);
        (await service.AnswerAsync(order.SmsId, VonageFixture.Channel)).ShouldBe("Failed 15 refused-by-provider");
        service.Vonage.CallsTo(to[1..])[0].Form["from"].ShouldBe("DINKES");
    }

    [Fact]
    public async Task NOT_4_an_unknown_one_is_looked_for_by_our_id_among_the_records_of_those_minutes()
    {
        var (there, missing) = (NotificationFixture.Number(), NotificationFixture.Number());
        service.Vonage.Script(there[1..], FaultyKannel.Resets);
        service.Vonage.Script(missing[1..], FaultyKannel.IsSilent);
        var at = service.Clock.GetUtcNow();
        var (first, second) = (await service.SendAsync(there, VonageFixture.First), await service.SendAsync(missing, VonageFixture.First));
        await service.StateIsAsync(first, "Uncertain");
        (await service.AnswerAsync(second, VonageFixture.First)).ShouldBe("Uncertain time-out");

        service.Vonage.Knows[Records(FormattableString.Invariant($"date_start={at.AddMinutes(-1):yyyy-MM-ddTHH:mm:ssZ}&date_end={at.AddMinutes(2):yyyy-MM-ddTHH:mm:ssZ}"))] = new
        {
            request_status = "SUCCESS",
            records = new object[]
            {
                new { message_id = "0C1", client_ref = Guid.NewGuid().ToString(), status = "failed", error_code = "1", to = missing[1..] },
                new { message_id = "0C2", client_ref = first.ToString(), status = "delivered", error_code = "0", to = there[1..] },
                new { message_id = "0C3", status = "delivered" },
            },
        };
        await AskAsync(VonageFixture.First);
        (await service.Database.ScalarAsync<long>($"select count(*) from sms where sent_by = '{VonageFixture.First}' and asked_at is not null")).ShouldBe(0);
        service.Clock.Advance(TimeSpan.FromMinutes(11));
        await AskAsync(VonageFixture.First);
        await service.StateIsAsync(first, "Delivered");
        (await service.StateAsync(second)).ShouldBe("Uncertain");
        (service.Vonage.CallsTo(missing[1..]).Count, service.Kannel.CallsTo(missing).Count).ShouldBe((1, 0));
        service.Vonage.Questions.Where(question => question.Contains(missing[1..], StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task NOT_4_the_parts_of_a_silent_one_are_asked_for_by_their_ids()
    {
        var id = await service.SendAsync(NotificationFixture.Number(), VonageFixture.Channel, VonageFixture.TwoParts);
        await service.StateIsAsync(id, "AcceptedByProvider");
        var parts = (await service.IdsAsync(id)).Split(',');
        (await service.ReportAsync(id, parts[0], "delivered")).EnsureSuccessStatusCode();
        await service.StateIsAsync(id, "AcceptedByOperator");
        service.Vonage.Knows[Records($"id={parts[0]}%2C{parts[1]}")] = new
        {
            records = parts.Select(part => new { message_id = part, client_ref = id.ToString(), status = "delivered", error_code = "0" }).ToArray(),
        };
        service.Clock.Advance(TimeSpan.FromHours(13));
        await Eventually.TrueAsync(async () =>
        {
            await AskAsync(VonageFixture.Channel);
            return await service.StateAsync(id) == "Delivered";
        });
    }

    [Fact]
    public async Task NOT_4_odd_answers_about_some_silent_sms_keep_no_other_from_being_asked_for()
    {
        Func<HttpContext, Task> resets = FaultyKannel.Resets;
        var odd = new object[] { new { records = new object?[] { null } }, resets };
        var ids = new List<Guid>();
        for (var sms = 0; sms < 4; sms++)
        {
            var id = await service.SendAsync(NotificationFixture.Number(), VonageFixture.Channel);
            await service.StateIsAsync(id, "AcceptedByProvider");
            var part = await service.IdsAsync(id);
            service.Vonage.Knows[Records($"id={part}")] = sms < odd.Length
                ? odd[sms] : new { records = new[] { new { message_id = part, client_ref = id.ToString(), status = "delivered", error_code = "0" } } };
            ids.Add(id);
        }

        service.Clock.Advance(TimeSpan.FromHours(13));
        await Eventually.TrueAsync(async () =>
        {
            await AskAsync(VonageFixture.Channel);
            return await service.StateAsync(ids[2]) == "Delivered" && await service.StateAsync(ids[3]) == "Delivered";
        });
        foreach (var id in ids.Take(odd.Length))
            (await service.Database.ScalarAsync<bool>($"select state = 'AcceptedByProvider' and asked_at is not null from sms where id = '{id}'")).ShouldBeTrue();
    }

    [Fact]
    public void NOT_4_records_cost_money_and_are_read_only_where_their_address_is_set()
    {
        var senders = service.Services.GetRequiredService<Channels>().Senders;
        (senders[VonageFixture.Channel].CanBeAsked, senders[VonageFixture.Unasked].CanBeAsked).ShouldBe((true, false));
    }

    [Fact]
    public async Task NOT_4_what_vonage_does_not_take_goes_to_kannel_and_what_kannel_does_not_take_to_vonage_under_its_number()
    {
        var (poor, routed, other) = (NotificationFixture.Number(), NotificationFixture.Number(), NotificationFixture.Number());
        service.Vonage.Script(poor[1..], FaultyKannel.Says(200, """{"messages":[{"status":"9","error-text":"Partner quota violation"}]}"""));
        service.Vonage.Script(routed[1..], FaultyKannel.Says(200, """{"messages":[{"status":"6"}]}"""));
        var ids = new[] { await service.SendAsync(poor, VonageFixture.First), await service.SendAsync(routed, VonageFixture.First) };
        foreach (var id in ids)
            await service.StateIsAsync(id, "AcceptedByProvider");
        foreach (var to in new[] { poor, routed })
            (service.Vonage.CallsTo(to[1..]).Count, service.Kannel.CallsTo(to).Count).ShouldBe((1, 1));

        var order = NotificationFixture.Order(other, VonageFixture.Behind) with { From = NotificationFixture.CityNumber };
        await service.Bus.PublishAsync(order);
        await service.StateIsAsync(order.SmsId, "AcceptedByProvider");
        service.Vonage.CallsTo(other[1..]).ShouldHaveSingleItem().Form["from"].ShouldBe(VonageFixture.OwnNumber[1..]);
        (await service.ReportAsync(order.SmsId, "0D1", "delivered")).EnsureSuccessStatusCode();
        await service.StateIsAsync(order.SmsId, "Delivered");
    }

    [Fact]
    public async Task NOT_4_vonage_says_what_is_left()
    {
        await service.BalanceIsAsync(VonageFixture.Channel, 10.28m, "EUR");
        service.Vonage.Knows["/account/get-balance"] = new { value = 4.5, autoReload = false };
        await service.BalanceIsAsync(VonageFixture.Channel, 4.5m, "EUR");
        (await service.Client().GetStringAsync("/health/ready")).ShouldContain($"{VonageFixture.Channel} has 4.5 EUR left");
    }

    private static string Records(string which) => $"/v2/reports/records?account_id=abcd1234&product=SMS&direction=outbound&{which}";

    private Task AskAsync(string channel) =>
        service.Services.GetRequiredService<AskSilentSms>().AskAsync(service.Services.GetRequiredService<Channels>().Senders[channel], CancellationToken.None);
}
