using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InboundSms.Receive;
using InboundSms.Receive.Providers.Vonage;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Webhooks;

namespace InboundSms.Tests.Receive.Providers;

/// <summary>developer.vonage.com, "Inbound SMS" and "Signing messages"; the vectors were computed apart.</summary>
public sealed class VonageTests(ProviderFixture fixture) : IClassFixture<ProviderFixture>
{
    private const string Sha256 = "E86511A81D81541DA131E6AE664775F9B77861D00AC84B25DC24CAF10CB052A5";
    private const string Md5Hash = "831d2fe2861cd38f4de5d79c3a63a105";
    private const string Words = "DINKES obat = habis & antri";

    private static Dictionary<string, string> Message(string id = "0A0000000123ABCD1", string text = Words, long timestamp = 1767578400) => new(StringComparer.Ordinal)
    {
        ["msisdn"] = "6281234567890",
        ["to"] = "6281100000001",
        ["messageId"] = id,
        ["text"] = text,
        ["type"] = "text",
        ["keyword"] = "DINKES",
        ["api-key"] = "abcd1234",
        ["message-timestamp"] = "2026-01-05 02:00:00",
        ["timestamp"] = timestamp.ToString(CultureInfo.InvariantCulture),
        ["nonce"] = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    };

    private static Dictionary<string, string> With(Dictionary<string, string> fields, params (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            if (value is null)
                fields.Remove(name);
            else
                fields[name] = value;
        }

        return fields;
    }

    private enum As
    {
        Get,
        Form,
        Json,
    }

    private static Contract Call(As how, Dictionary<string, string> fields, int status, string? sig = null, string method = "Sha256", string secret = "rahasia-uji", bool isNew = true, string? says = null)
    {
        sig ??= Sign(fields, method, secret);
        var signed = new Dictionary<string, string>(fields, StringComparer.Ordinal) { ["sig"] = sig };
        var raw = how == As.Json ? JsonSerializer.Serialize(signed) : string.Join('&', signed.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        return new(() => how == As.Get
            ? new HttpRequestMessage(HttpMethod.Get, $"/webhooks/sms/vonage-{method}?{raw}")
            : ProviderFixture.Post($"/webhooks/sms/vonage-{method}", Encoding.UTF8.GetBytes(raw), how == As.Json ? "application/json" : "application/x-www-form-urlencoded"), status)
        {
            Rows = status == 200 && isNew ? [new(fields["messageId"], "+6281234567890", says ?? fields.GetValueOrDefault("text", ""), raw, "2026-01-05T02:00:00", "abcd1234", "6281100000001")] : [],
            Refused = status is 400 or 401 ? 1 : 0,
        };
    }

    private static readonly Dictionary<string, Contract> Contracts = new()
    {
        ["HMAC-MD5"] = Call(As.Get, Message("v-md5"), 200, method: "Md5"),
        ["HMAC-SHA1"] = Call(As.Get, Message("v-sha1"), 200, method: "Sha1"),
        ["HMAC-SHA512"] = Call(As.Get, Message("v-sha512"), 200, method: "Sha512"),
        ["a form"] = Call(As.Form, Message("v-form"), 200),
        ["JSON"] = Call(As.Json, Message("v-json"), 200),
        ["another method than the account's"] = Call(As.Get, Message("v-method"), 401, Md5Hash),
        ["another secret"] = Call(As.Get, Message("v-secret"), 401, secret: "rahasia-lain"),
        ["a changed text"] = Call(As.Get, Message(text: "DINKES obat = habis & antr!"), 401, Sha256),
        ["no signature"] = Call(As.Get, Message("v-none"), 401, ""),
        ["no hex"] = Call(As.Get, Message("v-hex"), 401, "zz" + Sha256[2..]),
        ["half a signature"] = Call(As.Get, Message("v-half"), 401, Sha256[..32]),
        ["a signature of 65 bytes"] = Call(As.Get, Message("v-65"), 401, new('A', 130)),
        ["a timestamp older than any repeat"] = Call(As.Get, Message("v-old", timestamp: 1767578400 - 86_400 - 301), 401),
        ["a timestamp of the future"] = Call(As.Get, Message("v-future", timestamp: 1767578400 + 301), 401),
        ["no timestamp"] = Call(As.Get, With(Message("v-time"), ("timestamp", null)), 401),
        ["a field that nobody knows"] = Call(As.Get, With(Message("v-new"), ("new-field", "x")), 200),
        ["another alphabet"] = Call(As.Form, With(Message("v-unicode", "DINKES 😀 ā"), ("type", "unicode")), 200),
        ["an empty text"] = Call(As.Form, Message("v-empty", ""), 200),
        ["1600 characters"] = Call(As.Json, Message("v-long", new('x', 1600)), 200),
        ["fields inside the text"] = Call(As.Get, Message("v-inject", "x&msisdn=6281199999999&messageId=1"), 200),
        ["binary"] = Call(As.Form, With(Message("v-binary"), ("type", "binary"), ("text", null), ("data", "00e9"), ("udh", "06050415811581")), 200, says: "é"),
        ["binary that is no hex"] = Call(As.Form, With(Message("v-nohex"), ("type", "binary"), ("text", null), ("data", "0g")), 400),
        ["a receipt"] = Call(As.Get, With(Message("v-receipt"), ("type", null), ("text", null), ("status", "delivered"), ("scts", "2601050200"), ("err-code", "0")), 400),
        ["no messageId"] = Call(As.Get, With(Message(), ("messageId", null)), 400),
        ["no msisdn"] = Call(As.Get, With(Message("v-m"), ("msisdn", null)), 400),
        ["no to"] = Call(As.Get, With(Message("v-m"), ("to", null)), 400),
        ["0 bytes"] = new(() => ProviderFixture.Post("/webhooks/sms/vonage-Sha256", [], "application/json"), 400) { Refused = 1 },
        ["JSON that is no object"] = new(() => ProviderFixture.Post("/webhooks/sms/vonage-Sha256", "[]"u8.ToArray(), "application/json"), 400) { Refused = 1 },
        ["an object inside"] = new(() => ProviderFixture.Post("/webhooks/sms/vonage-Sha256", """{"text":{"a":1}}"""u8.ToArray(), "application/json"), 400) { Refused = 1 },
        ["a parameter twice"] = new(() => new(HttpMethod.Get, "/webhooks/sms/vonage-Sha256?msisdn=1&msisdn=2"), 400) { Refused = 1 },
    };

    public static TheoryData<string> Names => [.. Contracts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task SMS_1_Vonages_contract_is_kept(string name) => fixture.HoldAsync(Contracts[name]);

    [Fact]
    public Task SMS_1_half_of_an_emoji_that_Vonage_has_cut_costs_no_message()
    {
        // Whoever signs it has no bytes for half a character but those of U+FFFD.
        var fields = Message("v-cut", "DINKES obat habis \uFFFD");
        fields["sig"] = Sign(fields, "Sha256", "rahasia-uji");
        var raw = JsonSerializer.Serialize(fields).Replace("\\uFFFD", "\\ud83d", StringComparison.Ordinal);
        raw.ShouldContain("\\ud83d");
        return fixture.HoldAsync(new(() => ProviderFixture.Post("/webhooks/sms/vonage-Sha256", Encoding.UTF8.GetBytes(raw), "application/json"), 200)
        {
            Rows = [new("v-cut", "+6281234567890", "DINKES obat habis \uFFFD", raw, "2026-01-05T02:00:00", "abcd1234", "6281100000001")],
        });
    }

    [Fact]
    public async Task SMS_1_an_emoji_that_Vonage_has_cut_between_two_parts_is_whole()
    {
        foreach (var (number, text, half) in new[] { ("2", "\uFFFD saja", "\\ude00"), ("1", "DINKES obat habis \uFFFD", "\\ud83d") })
        {
            var fields = With(Message($"v-halves-{number}", text), ("msisdn", "6281234567891"), ("concat", "true"), ("concat-ref", "77"), ("concat-total", "2"), ("concat-part", number));
            fields["sig"] = Sign(fields, "Sha256");
            var raw = JsonSerializer.Serialize(fields).Replace("\\uFFFD", half, StringComparison.Ordinal);
            using var request = ProviderFixture.Post("/webhooks/sms/vonage-Sha256", Encoding.UTF8.GetBytes(raw), "application/json");
            using var answer = await fixture.Client().SendAsync(request);
            answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        }

        (await fixture.Database.ScalarAsync<string>("select text from message_content where sender = '+6281234567891'")).ShouldBe("DINKES obat habis 😀 saja");
    }

    [Fact]
    public Task SMS_1_Vonages_published_vectors_are_one_message_however_they_come() => fixture.HoldAllAsync(
        Call(As.Get, Message(), 200, Sha256),
        Call(As.Form, Message(), 200, Sha256, isNew: false),
        Call(As.Json, Message(), 200, Sha256, isNew: false),
        Call(As.Get, Message(), 200, "e86511a81d81541da131e6ae664775f9b77861d00ac84b25dc24caf10cb052a5", isNew: false),
        Call(As.Form, Message(), 200, Md5Hash, "Md5Hash"),
        Call(As.Form, Message(), 200, "831D2FE2861CD38F4DE5D79C3A63A105", "Md5Hash", isNew: false));

    [Fact]
    public Task SMS_1_what_Vonage_repeats_for_a_day_is_a_repeat() => fixture.HoldAllAsync(
        Call(As.Get, Message("v-299", timestamp: 1767578400 - 299), 200),
        Call(As.Get, Message("v-299", timestamp: 1767578400 - 86_400), 200, isNew: false));

    [Theory]
    [InlineData("204", "3", "2", true)]
    [InlineData("204", "3", "4", false)]
    [InlineData("204", "0", "0", false)]
    [InlineData("204", "256", "1", false)]
    [InlineData("204", "drei", "1", false)]
    [InlineData("", "3", "1", false)]
    public void SMS_1_a_part_of_a_long_message_tells_its_place(string reference, string total, string number, bool isPart) =>
        ReadOne(With(Message(), ("concat", "true"), ("concat-ref", reference), ("concat-total", total), ("concat-part", number)))
            .Part.ShouldBe(isPart ? new SmsPart("204", 3, 2) : null);

    [Fact]
    public void SMS_1_the_bytes_of_a_binary_message_are_kept()
    {
        var bytes = ReadOne(With(Message(), ("type", "binary"), ("text", null), ("data", "00e9"), ("udh", "0003cc0201"))).Bytes!;
        (Convert.ToHexString(bytes.Header), Convert.ToHexString(bytes.Data)).ShouldBe(("0003CC0201", "00E9"));
    }

    private static IncomingSms ReadOne(Dictionary<string, string> fields)
    {
        fields["sig"] = Sign(fields, "Sha256");
        var body = Encoding.UTF8.GetBytes(string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}")));
        return new VonageSms().Read(
            new() { Type = ProviderType.Vonage, Secret = "rahasia-uji", SignatureMethod = VonageSignatureMethod.Sha256 },
            new("POST", new HeaderDictionary(), new QueryCollection(), "", "application/x-www-form-urlencoded", body), DateTimeOffset.FromUnixTimeSeconds(1767578400))
            .ShouldBeOfType<Reading.Accepted>().Messages.ShouldHaveSingleItem();
    }

    /// <summary>Signs as Vonage's documentation says, written independently of the service.</summary>
    internal static string Sign(Dictionary<string, string> fields, string method, string secret = "rahasia-uji")
    {
        var text = new StringBuilder();
        foreach (var name in fields.Keys.Where(name => name != "sig").Order(StringComparer.Ordinal))
            text.Append('&').Append(name).Append('=').Append(fields[name].Replace("&", "_", StringComparison.Ordinal).Replace("=", "_", StringComparison.Ordinal));
        byte[] key = Encoding.UTF8.GetBytes(secret), content = Encoding.UTF8.GetBytes(text.ToString());
#pragma warning disable CA5350, CA5351 // Vonage's contract.
        return Convert.ToHexString(method switch
        {
            "Md5" => HMACMD5.HashData(key, content),
            "Sha1" => HMACSHA1.HashData(key, content),
            "Sha256" => HMACSHA256.HashData(key, content),
            "Sha512" => HMACSHA512.HashData(key, content),
            _ => MD5.HashData([.. content, .. key]),
        });
#pragma warning restore CA5350, CA5351
    }
}
