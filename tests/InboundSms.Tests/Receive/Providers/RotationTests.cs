using System.Net;
using System.Text;

namespace InboundSms.Tests.Receive.Providers;

/// <summary>While a secret is changed at the provider calls with either are genuine; from the configured end on only the new one counts.</summary>
public sealed class RotationTests(ProviderFixture fixture) : IClassFixture<ProviderFixture>
{
    private static readonly Dictionary<string, Func<bool, string, long, HttpRequestMessage>> Calls = new()
    {
        ["Kannel"] = (isOld, id, _) => KannelTests.Request(id, "x"u8.ToArray(), secret: isOld ? "kannel-lama" : "kannel-uji"),
        ["Twilio"] = (isOld, id, _) =>
        {
            var form = $"AccountSid=AC1&Body=x&From=%2B6281234567890&MessageSid={id}&To=%2B6281100000001";
            return TwilioTests.Request(form, TwilioTests.Sign(ProviderFixture.TwilioUrl + "?kanal=a", form, isOld ? "uji-token-lama" : "uji-token-0001"));
        },
        ["Vonage"] = (isOld, id, now) =>
        {
            var fields = new Dictionary<string, string> { ["messageId"] = id, ["msisdn"] = "6281234567890", ["to"] = "6281100000001", ["type"] = "text", ["text"] = "x", ["timestamp"] = $"{now}" };
            fields["sig"] = VonageTests.Sign(fields, "Sha512", isOld ? "rahasia-lama" : "rahasia-uji");
            return new(HttpMethod.Get, $"/webhooks/sms/vonage-Sha512?{string.Join('&', fields.Select(field => $"{field.Key}={field.Value}"))}");
        },
        ["Infobip"] = (isOld, id, _) => InfobipTests.Request(
            Encoding.UTF8.GetBytes($$"""{"results":[{"messageId":"{{id}}","from":"6281234567890","to":"6281100000001","text":"x"}]}"""), secret: isOld ? "infobip-lama" : "infobip-uji"),
        ["Generic"] = (isOld, id, now) => GenericTests.Request(
            Encoding.UTF8.GetBytes($$"""{"type":"sms.masuk","data":{"id":"{{id}}","dari":"+6281234567890","ke":"1","teks":"x"} }"""), now, secret: isOld ? GenericTests.OldSecret : GenericTests.Secret),
    };

    public static TheoryData<string> Providers => [.. Calls.Keys];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task SMS_1_the_old_secret_counts_until_its_end_and_the_new_one_always(string provider)
    {
        async Task<HttpStatusCode> AnswerAsync(bool isOld)
        {
            using var request = Calls[provider](isOld, $"rotation-{Guid.NewGuid():n}", fixture.Clock.GetUtcNow().ToUnixTimeSeconds());
            return (await fixture.Client().SendAsync(request)).StatusCode;
        }

        var last = ProviderFixture.Rotation - TimeSpan.FromSeconds(1);
        fixture.Clock.Advance(last);
        try
        {
            (await AnswerAsync(isOld: true)).ShouldBe(HttpStatusCode.OK);
            (await AnswerAsync(isOld: false)).ShouldBe(HttpStatusCode.OK);
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            last += TimeSpan.FromSeconds(1);
            (await AnswerAsync(isOld: true)).ShouldBe(HttpStatusCode.Unauthorized);
            (await AnswerAsync(isOld: false)).ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            fixture.Clock.Advance(-last);
        }
    }
}
