using System.Net;
using System.Text;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Receive;

public sealed class ReceiveSmsTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private static readonly Dictionary<string, string> ReportVector = new()
    {
        ["AccountSid"] = "AC00000000000000000000000000000001",
        ["ApiVersion"] = "2010-04-01",
        ["Body"] = "DINKES puskesmas tutup & antri?",
        ["From"] = "+6281234567890",
        ["FromCountry"] = "ID",
        ["MessageSid"] = "SM00000000000000000000000000000001",
        ["NumMedia"] = "0",
        ["NumSegments"] = "1",
        ["SmsMessageSid"] = "SM00000000000000000000000000000001",
        ["SmsSid"] = "SM00000000000000000000000000000001",
        ["SmsStatus"] = "received",
        ["To"] = "+6281100000001",
    };

    private const string GenericBody =
        """{"type":"sms.masuk","timestamp":"2026-01-05T02:00:00Z","data":{"id":"m-1","dari":"+6281234567890","ke":"+6281100000001","teks":"DINKES obat habis"}}""";

    private const string TwilioUrl = "https://smscenter.example.go.id/webhooks/twilio/inbound?kanal=a";

    [Fact]
    public async Task SMS_1_a_megabyte_is_refused_with_413_and_no_body()
    {
        using var request = InboundSmsFixture.Generic(new byte[1024 * 1024], 1767578400, "v1,AAAA");
        var response = await fixture.Client().SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_1_an_unknown_channel_is_404_without_a_body()
    {
        var response = await fixture.Client().PostAsync("/webhooks/sms/nowhere", new StringContent("x"));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_1_Kannel_hears_200_with_an_empty_body_and_wrong_credentials_401()
    {
        var response = await fixture.SendSmsAsync("DINKES halo", "+6281200000001");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();

        using var wrong = new HttpRequestMessage(HttpMethod.Post, "/webhooks/sms/kannel?id=x1") { Content = new StringContent("DINKES halo") };
        wrong.Headers.Authorization = new("Basic", Convert.ToBase64String("kannel:salah"u8));
        wrong.Headers.Add("X-Kannel-To", "+6281100000001");
        (await fixture.Client().SendAsync(wrong)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await StoredAsync("x1")).ShouldBe(0);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    public async Task SMS_1_another_method_at_the_door_is_405_without_a_body(string method)
    {
        using var request = new HttpRequestMessage(new(method), "/webhooks/sms/twilio");
        var response = await fixture.Client().SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_1_fifty_deliveries_of_one_message_at_once_to_two_instances_are_one_message()
    {
        var second = await fixture.StartInstanceAsync();
        var first = fixture.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => fixture.SendSmsAsync("DINKES sekali", "+6281200000002", "once", n % 2 == 0 ? first : second)));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await StoredAsync("once")).ShouldBe(1);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>(
            "select count(*) = 1 from case_message cm join message m on m.id = cm.message_id where m.provider_message_id = 'once'"));
    }

    [Fact]
    public async Task SMS_1_the_same_message_after_a_month_is_still_one_message()
    {
        using var first = InboundSmsFixture.Generic(Body("m-month"), fixture.Clock.GetUtcNow().ToUnixTimeSeconds());
        (await (await fixture.Client().SendAsync(first)).Content.ReadAsStringAsync()).ShouldBe("""{"status":"diterima"}""");
        var later = fixture.Clock.GetUtcNow().AddDays(31).ToUnixTimeSeconds();
        fixture.Clock.Advance(TimeSpan.FromDays(31));
        try
        {
            using var second = InboundSmsFixture.Generic(Body("m-month"), later);
            (await (await fixture.Client().SendAsync(second)).Content.ReadAsStringAsync()).ShouldBe("""{"status":"duplikat"}""");
        }
        finally
        {
            fixture.Clock.Advance(TimeSpan.FromDays(-31));
        }

        (await StoredAsync("m-month")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_the_key_is_channel_account_and_id_with_letter_case_and_full_length()
    {
        var longId = new string('x', 128);
        foreach (var (account, id) in new[] { ("AC1", longId), ("AC2", longId), ("AC1", longId[..127] + "X") })
        {
            var fields = new Dictionary<string, string>(ReportVector) { ["MessageSid"] = id, ["AccountSid"] = account };
            using var request = InboundSmsFixture.Twilio(fields, InboundSmsFixture.TwilioSign(TwilioUrl, fields));
            (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await fixture.Database.ScalarAsync<long>("select count(*) from message where length(provider_message_id) = 128")).ShouldBe(3);
    }

    [Theory]
    [InlineData("", "+6281200000003")]
    [InlineData("😀😀 halo", "+6281200000004")]
    [InlineData("DINKES obat", "TELKOMSEL")]
    [InlineData("nul \0 di tengah", "+6281200000005")]
    [InlineData("DINKES obat", "")]
    [InlineData("x&dari=%2B6281199999999&id=1", "+6281200000006")]
    [InlineData("\uFFFE\uFDD0 DINKES", "+6281200000007")]
    public async Task SMS_1_strange_texts_and_senders_are_messages(string text, string from)
    {
        var id = Guid.CreateVersion7().ToString();
        (await fixture.SendSmsAsync(text, from, id)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Database.ScalarAsync<byte[]>(
            $"select c.raw from message_content c join message m on m.id = c.message_id where m.provider_message_id = '{id}'")).ShouldBe(Encoding.UTF8.GetBytes(text));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>(
            $"select exists (select from case_message c join message m on m.id = c.message_id where m.provider_message_id = '{id}')"));
    }

    private static byte[] Body(string id) => Encoding.UTF8.GetBytes(GenericBody.Replace("m-1", id, StringComparison.Ordinal));

    private Task<long> StoredAsync(string providerId) =>
        fixture.Database.ScalarAsync<long>($"select count(*) from message where provider_message_id = '{providerId}'");

    private Task<long> StoredAsync() => fixture.Database.ScalarAsync<long>("select count(*) from message");
}
