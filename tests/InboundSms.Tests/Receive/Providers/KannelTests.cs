using System.Text;

namespace InboundSms.Tests.Receive.Providers;

/// <summary>Kannel user guide, "SMS-service", post-url.</summary>
public sealed class KannelTests(ProviderFixture fixture) : IClassFixture<ProviderFixture>
{
    private static Contract Call(string id, byte[] body, int status, string? text = null, string? charset = "utf-8", string query = "&ts=1767578400&c=0", string from = "+6281234567890", string? at = "2026-01-05T02:00:00", string secret = "kannel-uji") => new(
        () => Request(id, body, charset, query, from, secret), status)
    {
        MediaType = status == 200 ? "text/plain" : null,
        Rows = text is null ? [] : [new(id, from, text, Encoding.UTF8.GetString(body), at)],
        Refused = status is 400 or 401 ? 1 : 0,
    };

    internal static HttpRequestMessage Request(string id, byte[] body, string? charset = "utf-8", string query = "", string? from = "+6281234567890", string secret = "kannel-uji") =>
        ProviderFixture.Post($"/webhooks/sms/kannel?id={id}{query}", body, charset is null ? null : $"text/plain; charset=\"{charset}\"",
            [ProviderFixture.Basic("kannel", secret), ("X-Kannel-To", ProviderFixture.CityNumber), .. from is null ? [] : new[] { ("X-Kannel-From", from) }]);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static readonly Dictionary<string, Contract> Contracts = new()
    {
        ["a message"] = Call("k-1", Utf8("DINKES obat habis"), 200, "DINKES obat habis"),
        ["no charset"] = Call("k-plain", Utf8("DINKES é"), 200, "DINKES é", charset: null),
        ["windows-1252"] = Call("k-1252", [0x93, 0x80, 0x94], 200, "“€”", "windows-1252"),
        ["latin-1"] = Call("k-latin", [0xE9], 200, "é", "iso-8859-1"),
        ["UTF-16"] = Call("k-16", [0x20, 0xAC], 200, "€", "utf-16be"),
        ["half a surrogate pair"] = Call("k-x", [0xD8, 0x00], 400, charset: "utf-16be"),
        ["half a character"] = Call("k-x", [0x20], 400, charset: "utf-16be"),
        ["no UTF-8"] = Call("k-x", [0xFF], 400),
        ["a charset that nobody knows"] = Call("k-x", [0x20], 400, charset: "ebcdic"),
        // Kannel leaves the value empty where it has no time.
        ["no time"] = Call("k-time", Utf8("x"), 200, "x", query: "&ts=&c=0", at: null),
        ["a time that is none"] = Call("k-time2", Utf8("x"), 200, "x", query: "&ts=99999999999999999999", at: null),
        ["parameters inside the text"] = Call("k-inject", Utf8("x&dari=%2B6281199999999&id=1"), 200, "x&dari=%2B6281199999999&id=1"),
        ["0 bytes"] = Call("k-empty", [], 200, ""),
        ["1600 characters"] = Call("k-long", Utf8(new('x', 1600)), 200, new('x', 1600)),
        ["64 KiB and a byte"] = Call("k-x", new byte[(64 * 1024) + 1], 413),
        ["a machine as sender"] = Call("k-name", Utf8("x"), 200, "x", from: "TELKOMSEL"),
        ["a short code as sender"] = Call("k-short", Utf8("x"), 200, "x", from: "1708"),
        ["no sender"] = new(() => Request("k-nobody", Utf8("x"), from: null), 200) { MediaType = "text/plain", Rows = [new("k-nobody", "", "x", "x")] },
        ["another secret"] = Call("k-x", Utf8("x"), 401, secret: "salah"),
        ["no credentials"] = new(() => ProviderFixture.Post("/webhooks/sms/kannel?id=k-x", Utf8("x"), "text/plain", ("X-Kannel-To", ProviderFixture.CityNumber)), 401) { Refused = 1 },
        ["no id"] = Call("", Utf8("x"), 400),
        ["two ids"] = Call("k-x", Utf8("x"), 400, query: "&id=k-y"),
        ["no receiver, as a receipt"] = new(() => ProviderFixture.Post("/webhooks/sms/kannel?id=k-x&status=1", [], null, ProviderFixture.Basic("kannel", "kannel-uji")), 400) { Refused = 1 },
        ["GET"] = new(() => new(HttpMethod.Get, "/webhooks/sms/kannel?id=k-x"), 405),
    };

    public static TheoryData<string> Names => [.. Contracts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task SMS_1_Kannels_contract_is_kept(string name) => fixture.HoldAsync(Contracts[name]);

    [Fact]
    public async Task SMS_1_parts_that_Kannel_gave_up_joining_are_one_message_by_their_header()
    {
        foreach (var (id, udh, text) in new[] { ("k-part-2", "%05%00%03%2A%02%02", "habis sejak kemarin"), ("k-part-1", "%05%00%03*%02%01", "DINKES obat ") })
        {
            using var request = Request(id, Utf8(text), from: "+6281234567899");
            request.Headers.TryAddWithoutValidation("X-Kannel-UDH", udh);
            using var answer = await fixture.Client().SendAsync(request);
            answer.IsSuccessStatusCode.ShouldBeTrue();
        }

        (await fixture.Database.ScalarAsync<string>("select string_agg(text, '|') from message_content where sender = '+6281234567899'")).ShouldBe("DINKES obat habis sejak kemarin");
    }
}
