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
    public async Task SMS_1_the_published_Twilio_vector_is_accepted_with_an_empty_TwiML_answer()
    {
        using var request = InboundSmsFixture.Twilio(ReportVector, "US9i30zfm47O62Fa5esXnreHoCk=");
        var response = await fixture.Client().SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/xml");
        (await response.Content.ReadAsStringAsync()).ShouldBe("<Response/>");
        (await StoredAsync("SM00000000000000000000000000000001")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_the_published_generic_vector_is_accepted()
    {
        using var request = InboundSmsFixture.Generic(Encoding.UTF8.GetBytes(GenericBody), 1767578400, "v1,c4Nd/WEpCuAyrE6t/XSQ7EPYkUS1evtRpUfep0/4yPs=");
        var response = await fixture.Client().SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StoredAsync("m-1")).ShouldBe(1);
    }

    public static TheoryData<string, int> GenericSignatures => new()
    {
        { "v1,AAAA v1,c4Nd/WEpCuAyrE6t/XSQ7EPYkUS1evtRpUfep0/4yPs=", 200 },
        { "v1a,c4Nd/WEpCuAyrE6t/XSQ7EPYkUS1evtRpUfep0/4yPs=", 401 },
        { "v1,AAAA", 401 },
        { "", 401 },
    };

    [Theory]
    [MemberData(nameof(GenericSignatures))]
    public async Task SMS_1_any_of_several_signatures_of_the_known_scheme_will_do(string signature, int status)
    {
        using var request = InboundSmsFixture.Generic(Encoding.UTF8.GetBytes(GenericBody), 1767578400, signature);
        ((int)(await fixture.Client().SendAsync(request)).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task SMS_1_a_re_serialised_body_is_refused()
    {
        var spaced = GenericBody.Replace(":\"", ": \"", StringComparison.Ordinal);
        using var request = InboundSmsFixture.Generic(Encoding.UTF8.GetBytes(spaced), 1767578400, "v1,c4Nd/WEpCuAyrE6t/XSQ7EPYkUS1evtRpUfep0/4yPs=");
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(-301, 401)]
    [InlineData(-299, 200)]
    [InlineData(301, 401)]
    public async Task SMS_1_a_replay_after_five_minutes_is_refused(int seconds, int status)
    {
        var body = GenericBody.Replace("m-1", $"m-replay-{seconds}", StringComparison.Ordinal);
        using var request = InboundSmsFixture.Generic(Encoding.UTF8.GetBytes(body), 1767578400 + seconds);
        ((int)(await fixture.Client().SendAsync(request)).StatusCode).ShouldBe(status);
    }

    public static TheoryData<string, string> TwilioFaults => new()
    {
        { "wrong token", "other" },
        { "http instead of https", "http" },
        { "not base64", "%%%" },
        { "empty", "" },
    };

    [Theory]
    [MemberData(nameof(TwilioFaults))]
    public async Task SMS_1_a_wrong_signature_stores_no_message_and_answers_without_a_body(string what, string kind)
    {
        var fields = new Dictionary<string, string>(ReportVector) { ["MessageSid"] = $"SM-fault-{what}" };
        var signature = kind switch
        {
            "other" => InboundSmsFixture.TwilioSign(TwilioUrl, fields, "another-token"),
            "http" => InboundSmsFixture.TwilioSign(TwilioUrl.Replace("https", "http", StringComparison.Ordinal), fields),
            _ => kind,
        };
        using var request = InboundSmsFixture.Twilio(fields, signature);
        var response = await fixture.Client().SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        (await StoredAsync(fields["MessageSid"])).ShouldBe(0);
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'twilio' and reason = 'signature'")).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("uji-token-0001", "https://smscenter.example.go.id:443/webhooks/twilio/inbound?kanal=a")]
    [InlineData("uji-token-lama", "https://smscenter.example.go.id/webhooks/twilio/inbound?kanal=a")]
    public async Task SMS_1_the_standard_port_and_the_old_secret_are_accepted(string token, string url)
    {
        var fields = new Dictionary<string, string>(ReportVector) { ["MessageSid"] = $"SM-ok-{token}", ["NewField"] = "x" };
        using var request = InboundSmsFixture.Twilio(fields, InboundSmsFixture.TwilioSign(url, fields, token));
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("MessageSid")]
    [InlineData("AccountSid")]
    [InlineData("From")]
    [InlineData("To")]
    [InlineData("Body")]
    public async Task SMS_1_a_missing_field_is_refused_and_nothing_is_stored(string missing)
    {
        var before = await StoredAsync();
        var fields = new Dictionary<string, string>(ReportVector) { ["MessageSid"] = $"SM-missing-{missing}" };
        fields.Remove(missing);
        using var request = InboundSmsFixture.Twilio(fields, InboundSmsFixture.TwilioSign(TwilioUrl, fields));
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await StoredAsync()).ShouldBe(before);
    }

    public static TheoryData<string> GenericGarbage =>
    [
        "", "null", "[]", "{", "\"text\"", "{}", """{"type":"sms.masuk"}""", """{"type":"sms.masuk","data":null}""", """{"type":"sms.masuk","data":[]}""",
        """{"type":"sms.masuk","data":{"id":1,"dari":"+628123456789","ke":"1","teks":"x"}}""",
        """{"type":"sms.masuk","data":{"id":"a","id":"b","dari":"+628123456789","ke":"1","teks":"x"}}""",
        """{"type":"sms.masuk","data":{"id":"","dari":"+628123456789","ke":"1","teks":"x"}}""",
        """{"type":"sms.masuk","data":{"id":"a","dari":"+628123456789","ke":"1"}}""",
        """{"type":"sms.masuk","data":{"id":"a","dari":"+628123456789","ke":"1","teks":"\ud800"}}""",
        """{"type":"sms.lain","data":{"id":"a","dari":"+628123456789","ke":"1","teks":"x"}}""",
        "[[[[[[[[[[[[1]]]]]]]]]]]]",
    ];

    [Theory]
    [MemberData(nameof(GenericGarbage))]
    public async Task SMS_1_signed_garbage_is_refused_and_nothing_is_stored(string body)
    {
        var before = await StoredAsync();
        using var request = InboundSmsFixture.Generic(Encoding.UTF8.GetBytes(body), 1767578400);
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await StoredAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData(new byte[] { 0x7B, 0xFF, 0xFE, 0x7D })]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    public async Task SMS_1_invalid_UTF_8_is_refused(byte[] body)
    {
        using var request = InboundSmsFixture.Generic(body, 1767578400);
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

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
    [InlineData("\\uFFFE0812")]
    [InlineData("\\uFDD0")]
    public async Task SMS_1_a_sender_that_is_no_text_of_this_world_is_kept(string sender)
    {
        var body = GenericBody.Replace("m-1", $"m-{sender[2..]}", StringComparison.Ordinal).Replace("+6281234567890", sender, StringComparison.Ordinal);
        using var request = InboundSmsFixture.Generic(Encoding.UTF8.GetBytes(body), 1767578400);
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StoredAsync($"m-{sender[2..]}")).ShouldBe(1);
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

    [Theory]
    [InlineData("windows-1252", new byte[] { 0x93, 0x80, 0x94 }, "“€”")]
    [InlineData("iso-8859-1", new byte[] { 0xE9 }, "é")]
    [InlineData("utf-16be", new byte[] { 0x20, 0xAC }, "€")]
    public async Task SMS_1_Kannels_charsets_are_read(string charset, byte[] body, string text)
    {
        using var request = KannelCall(charset, body);
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Database.ScalarAsync<string>(
            $"select c.text from message_content c join message m on m.id = c.message_id where m.provider_message_id = 'charset-{charset}'")).ShouldBe(text);
    }

    [Theory]
    [InlineData("utf-16be", new byte[] { 0xD8, 0x00 })]
    [InlineData("utf-16be", new byte[] { 0x20 })]
    [InlineData("utf-8", new byte[] { 0xFF })]
    [InlineData("ebcdic", new byte[] { 0x20 })]
    public async Task SMS_1_bytes_that_are_no_text_in_their_charset_are_refused(string charset, byte[] body)
    {
        using var request = KannelCall(charset, body);
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static HttpRequestMessage KannelCall(string charset, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sms/kannel?id=charset-{charset}") { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"kannel:{InboundSmsFixture.KannelSecret}")));
        request.Headers.Add("X-Kannel-From", "+6281200000008");
        request.Headers.Add("X-Kannel-To", InboundSmsFixture.CityNumber);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", $"text/plain; charset=\"{charset}\"");
        return request;
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
