using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using InboundSms.Receive;
using InboundSms.Receive.Providers.Generic;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Webhooks;

namespace InboundSms.Tests.Receive.Providers;

/// <summary>The platform's own contract, Standard Webhooks; the vectors are those of the published description.</summary>
public sealed class GenericTests(ProviderFixture fixture) : IClassFixture<ProviderFixture>
{
    public const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    public const string OldSecret = "whsec_bGFtYWxhbWFsYW1hbGFtYWxhbWFsYW1h";
    private const string Vector = "v1,c4Nd/WEpCuAyrE6t/XSQ7EPYkUS1evtRpUfep0/4yPs=";
    private const long Now = 1767578400;

    private const string Body =
        """{"type":"sms.masuk","timestamp":"2026-01-05T02:00:00Z","data":{"id":"m-1","dari":"+6281234567890","ke":"+6281100000001","teks":"DINKES obat habis"}}""";

    private static readonly string TimeOf = Time("2026-01-05T09:00:00+07:00");

    private static string Time(string text) => $",\"diterimaPada\":\"{text}\"";

    private static string With(string id, string more = "", string text = "DINKES obat habis") =>
        Body.Replace("m-1", id, StringComparison.Ordinal).Replace("DINKES obat habis\"", text + "\"" + more, StringComparison.Ordinal);

    private static string Binary(string id, string binary) => Body.Replace("m-1", id, StringComparison.Ordinal).Replace("\"teks\":\"DINKES obat habis\"", $"\"biner\":{binary}", StringComparison.Ordinal);

    private static Row RowOf(string id, string body, string text = "DINKES obat habis", string? at = null, string from = "+6281234567890") => new(id, from, text, body, at);

    private static Contract Call(string body, int status, string? signature = null, long timestamp = Now, bool isRepeat = false, params IReadOnlyList<Row> rows) =>
        Call(Encoding.UTF8.GetBytes(body), status, signature, timestamp, isRepeat, rows);

    private static Contract Call(byte[] body, int status, string? signature = null, long timestamp = Now, bool isRepeat = false, params IReadOnlyList<Row> rows) => new(
        () => Request(body, timestamp, signature), status)
    {
        MediaType = status == 200 ? "application/json" : null,
        Answer = status == 200 ? isRepeat ? """{"status":"duplikat"}""" : """{"status":"diterima"}""" : "",
        Rows = rows,
        Refused = status is 400 or 401 ? 1 : 0,
    };

    internal static HttpRequestMessage Request(byte[] body, long timestamp, string? signature = null, string secret = Secret, string id = "msg_0001") =>
        ProviderFixture.Post("/webhooks/sms/generic", body, "application/json", ("webhook-id", id), ("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture)),
            ("webhook-signature", signature ?? Sign(body, timestamp, secret, id)));

    /// <summary>Signs as the specification says, written independently of the service.</summary>
    internal static string Sign(byte[] body, long timestamp, string secret = Secret, string id = "msg_0001")
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed));
    }

    private static readonly string Spaced = Body.Replace(":\"", ": \"", StringComparison.Ordinal);

    private static readonly Dictionary<string, Contract> Contracts = new()
    {
        ["a re-serialised body"] = Call(Spaced, 401, Vector),
        ["only an unknown scheme"] = Call(Body, 401, "v1a,c4Nd/WEpCuAyrE6t/XSQ7EPYkUS1evtRpUfep0/4yPs="),
        ["another signature"] = Call(Body, 401, "v1,AAAA"),
        ["no signature"] = Call(Body, 401, ""),
        ["301 seconds ago"] = Call(With("m-301"), 401, timestamp: Now - 301),
        ["in 301 seconds"] = Call(With("m-301"), 401, timestamp: Now + 301),
        ["with a time"] = Call(With("m-time", TimeOf), 200,
            rows: RowOf("m-time", With("m-time", TimeOf), at: "2026-01-05T02:00:00")),
        // Whose clock it is nobody knows; or which of two numbers is the month.
        ["a time without its zone"] = Call(With("m-nozone", Time("2026-01-05T09:00:00")), 200, rows: RowOf("m-nozone", With("m-nozone", Time("2026-01-05T09:00:00")))),
        ["a time that people write"] = Call(With("m-written", Time("05/01/2026 09:00 +07:00")), 200, rows: RowOf("m-written", With("m-written", Time("05/01/2026 09:00 +07:00")))),
        ["a time with fractions"] = Call(With("m-fraction", Time("2026-01-05T02:00:00.5000000Z")), 200,
            rows: RowOf("m-fraction", With("m-fraction", Time("2026-01-05T02:00:00.5000000Z")), at: "2026-01-05T02:00:00.5")),
        ["an id of 36 characters"] = Call(With(new('m', 36)), 200, rows: RowOf(new('m', 36), With(new('m', 36)))),
        ["an id of 128 characters"] = Call(With(new('m', 128)), 200, rows: RowOf(new('m', 128), With(new('m', 128)))),
        ["an id of 256 characters"] = Call(With(new('m', 256)), 200, rows: RowOf(new('m', 256), With(new('m', 256)))),
        ["an id of 257 characters"] = Call(With(new('m', 257)), 400),
        ["a byte order mark"] = Call([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(With("m-bom"))], 200, rows: RowOf("m-bom", "\uFEFF" + With("m-bom"))),
        ["an empty text"] = Call(With("m-empty", text: ""), 200, rows: RowOf("m-empty", With("m-empty", text: ""), "")),
        ["halves of emoji that were cut"] = Call(With("m-cut", text: @"\ude00 \ud83d\ude00 \\ud83d \n\uD83D\u0041 \ud83d"), 200,
            rows: RowOf("m-cut", With("m-cut", text: @"\ude00 \ud83d\ude00 \\ud83d \n\uD83D\u0041 \ud83d"), "\uFFFD 😀 \\ud83d \n\uFFFDA \uFFFD")),
        ["1600 characters"] = Call(With("m-long", text: new('x', 1600)), 200, rows: RowOf("m-long", With("m-long", text: new('x', 1600)), new('x', 1600))),
        ["64 KiB and a byte"] = Call(new byte[(64 * 1024) + 1], 413),
        ["a part that is none"] = Call(With("m-x", ""","bagian":{"ref":"7","total":2,"nomor":3}"""), 400),
        ["octets of no coding"] = Call(Binary("m-x", """{"isi":"9B32"}"""), 400),
        ["packed septets"] = Call(Binary("m-gsm7", """{"isi":"9B32","kode":"gsm7"}"""), 200, rows: RowOf("m-gsm7", Binary("m-gsm7", """{"isi":"9B32","kode":"gsm7"}"""), "€")),
        ["UCS-2 behind a header"] = Call(Binary("m-ucs2", """{"udh":"06050415811581","isi":"00e9d83dde00","kode":"ucs2"}"""), 200,
            rows: RowOf("m-ucs2", Binary("m-ucs2", """{"udh":"06050415811581","isi":"00e9d83dde00","kode":"ucs2"}"""), "é😀")),
        ["no hex"] = Call(Binary("m-x", """{"isi":"9B3","kode":"gsm7"}"""), 400),
        ["a part of another form"] = Call(With("m-x", """ ,"bagian":12"""), 400),
        ["no UTF-8"] = Call([0x7B, 0xFF, 0xFE, 0x7D], 400),
        ["half a UTF-8 character"] = Call([0xC3, 0x28], 400),
        ["a receipt"] = Call("""{"type":"sms.status","timestamp":"2026-01-05T02:00:00Z","data":{"id":"m-x","status":"terkirim","terminal":true}}""", 400),
        ["GET"] = new(() => new(HttpMethod.Get, "/webhooks/sms/generic?id=m-x"), 405),
    };

    public static TheoryData<string> Names => [.. Contracts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task SMS_1_the_generic_contract_is_kept(string name) => fixture.HoldAsync(Contracts[name]);

    [Fact]
    public Task SMS_1_the_generic_vector_is_one_message_also_by_its_second_signature_and_within_five_minutes() => fixture.HoldAllAsync(
        Call(Body, 200, Vector, rows: RowOf("m-1", Body)),
        Call(Body, 200, "v1,AAAA " + Vector, isRepeat: true),
        Call(Body, 200, timestamp: Now - 299, isRepeat: true),
        Call(Spaced, 200, "v1,xeSGnLADMhS7OL4RvAYtdYyh8Vi+G+9FDL4ip3Erd7o=", isRepeat: true));

    public static TheoryData<string> Garbage =>
    [
        "", "null", "[]", "{", "\"text\"", "{}", """{"type":"sms.masuk"}""", """{"type":"sms.masuk","data":null}""", """{"type":"sms.masuk","data":[]}""",
        """{"type":"sms.masuk","data":{"id":1,"dari":"+628123456789","ke":"1","teks":"x"}}""",
        """{"type":"sms.masuk","data":{"id":"a","id":"b","dari":"+628123456789","ke":"1","teks":"x"}}""",
        """{"type":"sms.masuk","data":{"id":"","dari":"+628123456789","ke":"1","teks":"x"}}""",
        """{"type":"sms.masuk","data":{"id":"a","dari":"+628123456789","ke":"1"}}""",
        """{"type":"sms.masuk","data":{"id":"\ud800","dari":"+628123456789","ke":"1","teks":"x"}}""",
        """{"type":"sms.masuk","data":{"\ud800":"a","dari":"+628123456789","ke":"1","teks":"x"}}""",
        """{"type":"sms.lain","data":{"id":"a","dari":"+628123456789","ke":"1","teks":"x"}}""",
        "[[[[[[[[[[[[1]]]]]]]]]]]]",
    ];

    [Theory]
    [MemberData(nameof(Garbage))]
    public Task SMS_1_signed_garbage_is_refused(string body) => fixture.HoldAsync(Call(body, 400));

    [Theory]
    [InlineData("\\uFFFE0812", "\uFFFE0812")]
    [InlineData("\\uFDD0", "\uFDD0")]
    public Task SMS_1_a_sender_that_is_no_text_of_this_world_is_kept(string written, string sender)
    {
        var body = With($"m-{written[2..]}").Replace("+6281234567890", written, StringComparison.Ordinal);
        return fixture.HoldAsync(Call(body, 200, rows: RowOf($"m-{written[2..]}", body, from: sender)));
    }

    [Fact]
    public void SMS_1_a_part_of_a_long_message_tells_its_place()
    {
        var body = Encoding.UTF8.GetBytes(With("m-part", ""","bagian":{"ref":"7","total":3,"nomor":2}"""));
        var headers = new HeaderDictionary { ["webhook-id"] = "msg_0001", ["webhook-timestamp"] = $"{Now}", ["webhook-signature"] = Sign(body, Now) };
        new GenericSms().Read(new() { Type = ProviderType.Generic, Secret = Secret }, new("POST", headers, new QueryCollection(), "", "application/json", body), DateTimeOffset.FromUnixTimeSeconds(Now))
            .ShouldBeOfType<Reading.Accepted>().Messages.ShouldHaveSingleItem().Part.ShouldBe(new SmsPart("7", 3, 2));
    }
}
