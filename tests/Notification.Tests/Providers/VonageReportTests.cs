using System.Net;
using System.Text;
using Notification.Tests.Testing;

namespace Notification.Tests.Providers;

public sealed class VonageReportTests(VonageFixture service) : IClassFixture<VonageFixture>
{
    [Theory]
    [InlineData("form", "delivered", "0", "Delivered")]
    [InlineData("query", "expired", "1", "Expired")]
    [InlineData("json", "rejected", "6", "Failed")]
    public async Task NOT_4_vonage_gets_our_id_and_its_signed_receipt_names_it(string way, string status, string error, string state)
    {
        var to = NotificationFixture.Number();
        var id = await service.SendAsync(to, VonageFixture.Channel, "Stok datang & siap? 100%");
        await service.StateIsAsync(id, "AcceptedByProvider");
        var call = service.Vonage.CallsTo(to[1..]).ShouldHaveSingleItem();
        call.Authorization.ShouldBe("Basic " + Convert.ToBase64String("abcd1234:api-secret"u8));
        (call.Form["from"], call.Form["text"], call.Form["type"], call.Form["client-ref"]).ShouldBe((VonageFixture.OwnNumber[1..], "Stok datang & siap? 100%", "text", id.ToString()));
        call.Form["callback"].ShouldBe($"https://smscenter.example.go.id/webhooks/sms/{VonageFixture.Channel}/status");

        (await service.ReportAsync(id, "0B1", status, error, way, secret: "salah")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.ReportAsync(id, "0B1", status, error, way, age: TimeSpan.FromHours(25))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.StateAsync(id)).ShouldBe("AcceptedByProvider");
        foreach (var answer in new[] { await service.ReportAsync(id, "0B1", status, error, way), await service.ReportAsync(id, "0B1", status, error, way) })
            (answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.OK, ""));
        await service.StateIsAsync(id, state);
        (await service.Database.ScalarAsync<string>($"select string_agg(code, ';') from delivery_event where sms_id = '{id}' and source = 'report'"))
            .ShouldBe(error == "0" ? $"{status} 0B1" : $"{status} {error} 0B1");
    }

    [Theory]
    [InlineData("0B1", "lost", "0")]
    [InlineData("0B1", "Delivered", "0")]
    [InlineData("0B 1", "delivered", "0")]
    [InlineData("", "delivered", "0")]
    [InlineData("0B1", "failed", "1 2")]
    public async Task NOT_4_garbage_in_a_vonage_receipt_is_refused_and_leaves_nothing(string messageId, string status, string error)
    {
        var id = Guid.CreateVersion7();
        foreach (var way in new[] { "form", "query", "json" })
        {
            var answer = await service.ReportAsync(id, messageId, status, error, way);
            (answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.BadRequest, ""));
        }

        (await service.Database.ScalarAsync<long>($"select count(*) from report where reference = '{id}'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("messageId=1&messageId=2")]
    [InlineData("%zz")]
    [InlineData("{\"a\":{}}")]
    [InlineData("{\"sig\":\"\\ud800\"}")]
    [InlineData("[[[[[[")]
    public async Task NOT_4_what_is_no_receipt_at_all_is_refused(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, body[0] is '{' or '[' ? "application/json" : "application/x-www-form-urlencoded");
        (await service.Client().PostAsync($"/webhooks/sms/{VonageFixture.Channel}/status", content)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task NOT_4_a_receipt_of_what_others_sent_from_the_account_finds_nobody()
    {
        var id = Guid.CreateVersion7();
        (await service.ReportAsync(id, "0B" + id.ToString("N"), "delivered", reference: "kampanye & lain")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Database.ScalarAsync<bool>($"select applied_at is null from report where reference = '0B{id:N}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task NOT_4_a_long_sms_is_delivered_when_all_its_parts_are()
    {
        var id = await service.SendAsync(NotificationFixture.Number(), VonageFixture.Channel, VonageFixture.TwoParts);
        await service.StateIsAsync(id, "AcceptedByProvider");
        var parts = (await service.IdsAsync(id)).Split(',');
        parts.Length.ShouldBe(2);
        (await service.ReportAsync(id, parts[1], "delivered")).EnsureSuccessStatusCode();
        await service.StateIsAsync(id, "AcceptedByOperator");
        // The same part again, also in another way, is not the other one.
        (await service.ReportAsync(id, parts[1], "delivered", way: "json")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from report where reference = '{id}' and seen = 2 and applied_at is not null)"));
        (await service.StateAsync(id)).ShouldBe("AcceptedByOperator");
        (await service.ReportAsync(id, parts[0], "delivered")).EnsureSuccessStatusCode();
        await service.StateIsAsync(id, "Delivered");
        (await service.Database.ScalarAsync<bool>($"select is_contradictory from sms where id = '{id}'")).ShouldBeFalse();
    }

    [Fact]
    public async Task NOT_4_a_part_of_the_handover_before_a_resend_is_none_of_the_next_one()
    {
        var id = await service.SendAsync(NotificationFixture.Number(), VonageFixture.Channel, VonageFixture.TwoParts);
        await service.StateIsAsync(id, "AcceptedByProvider");
        var before = (await service.IdsAsync(id)).Split(',');
        (await service.ReportAsync(id, before[0], "delivered")).EnsureSuccessStatusCode();
        await service.StateIsAsync(id, "AcceptedByOperator");
        (await service.ReportAsync(id, before[1], "failed", "5")).EnsureSuccessStatusCode();
        await service.StateIsAsync(id, "Failed");
        await service.ResendAsync(id);
        await service.StateIsAsync(id, "AcceptedByProvider");
        var parts = (await service.IdsAsync(id)).Split(',');
        (await service.ReportAsync(id, parts[0], "delivered")).EnsureSuccessStatusCode();
        await service.StateIsAsync(id, "AcceptedByOperator");
        (await service.ReportAsync(id, parts[1], "delivered")).EnsureSuccessStatusCode();
        await service.StateIsAsync(id, "Delivered");
    }

    [Fact]
    public async Task NOT_4_a_long_sms_fails_with_a_part_of_it()
    {
        var id = await service.SendAsync(NotificationFixture.Number(), VonageFixture.Channel, VonageFixture.TwoParts);
        await service.StateIsAsync(id, "AcceptedByProvider");
        var parts = (await service.IdsAsync(id)).Split(',');
        await Task.WhenAll(service.ReportAsync(id, parts[0], "delivered"), service.ReportAsync(id, parts[1], "failed", "5"));
        await service.StateIsAsync(id, "Failed");
        (await service.Database.ScalarAsync<bool>($"select is_contradictory from sms where id = '{id}'")).ShouldBeFalse();
    }
}
