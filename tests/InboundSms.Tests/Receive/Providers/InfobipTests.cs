using System.Text;

namespace InboundSms.Tests.Receive.Providers;

/// <summary>infobip.com/docs/api/channels/sms, "Receive inbound SMS messages".</summary>
public sealed class InfobipTests(ProviderFixture fixture) : IClassFixture<ProviderFixture>
{
    private static string Result(string id, string text = "DINKES obat habis", string receivedAt = "2026-01-05T02:00:00.000+0000") =>
        $$"""{ "messageId":"{{id}}", "from":"6281234567890", "to":"6281100000001", "text":"{{text}}", "cleanText":"obat habis", "keyword":"DINKES", "receivedAt":"{{receivedAt}}", "smsCount":1, "price":{"pricePerMessage":0,"currency":"EUR"}, "callbackData":"x" }""";

    private static string Batch(params IEnumerable<string> results) => $$"""{"results":[{{string.Join(", ", results)}}],"messageCount":1,"pendingMessageCount":0}""";

    private static Row RowOf(string id, string text = "DINKES obat habis", string? raw = null, string? at = "2026-01-05T02:00:00") =>
        new(id, "+6281234567890", text, raw ?? Result(id, text), at, Recipient: "6281100000001");

    private static Contract Call(string body, int status, params IReadOnlyList<Row> rows) => Call(Encoding.UTF8.GetBytes(body), status, rows);

    private static Contract Call(byte[] body, int status, params IReadOnlyList<Row> rows) => new(() => Request(body), status)
    {
        Rows = rows,
        Refused = status is 400 or 401 ? 1 : 0,
    };

    internal static HttpRequestMessage Request(byte[] body, string user = "kota", string secret = "infobip-uji", string type = "application/json") =>
        ProviderFixture.Post("/webhooks/sms/infobip", body, type, ProviderFixture.Basic(user, secret));

    private static readonly Dictionary<string, Contract> Contracts = new()
    {
        ["one message"] = Call(Batch(Result("i-1")), 200, RowOf("i-1")),
        ["a time with a colon in its offset"] = Call(Batch(Result("i-colon", receivedAt: "2026-01-05T09:00:00.000+07:00")), 200,
            RowOf("i-colon", raw: Result("i-colon", receivedAt: "2026-01-05T09:00:00.000+07:00"))),
        ["a time that is none"] = Call(Batch(Result("i-time", receivedAt: "kemarin")), 200, RowOf("i-time", raw: Result("i-time", receivedAt: "kemarin"), at: null)),
        ["an id of 64 characters"] = Call(Batch(Result(new('i', 64))), 200, RowOf(new('i', 64))),
        ["no results"] = Call(Batch(), 200),
        ["two, one of them twice"] = Call(Batch(Result("i-a"), Result("i-b"), Result("i-a")), 200, RowOf("i-a"), RowOf("i-b")),
        ["an empty text"] = Call(Batch(Result("i-empty", "")), 200, RowOf("i-empty", "")),
        ["1600 characters"] = Call(Batch(Result("i-long", new('x', 1600))), 200, RowOf("i-long", new('x', 1600))),
        ["half of an emoji that was cut"] = Call(Batch(Result("i-cut", @"obat \ud83d")), 200, RowOf("i-cut", "obat \uFFFD", Result("i-cut", @"obat \ud83d"))),
        ["a byte order mark"] = Call([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Batch(Result("i-bom", "é😀")))], 200, RowOf("i-bom", "é😀")),
        ["UTF-16"] = Call([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Batch(Result("i-16", "é😀")))], 200, RowOf("i-16", "é😀")),
        ["UTF-16 without a mark"] = Call(Encoding.Unicode.GetBytes(Batch(Result("i-16le", "é😀"))), 200, RowOf("i-16le", "é😀")),
        ["UTF-16, big end first"] = Call(Encoding.BigEndianUnicode.GetBytes(Batch(Result("i-16be", "é😀"))), 200, RowOf("i-16be", "é😀")),
        ["latin-1 that says so"] = new(() => Request(Encoding.Latin1.GetBytes(Batch(Result("i-latin", "é"))), type: "application/json; charset=iso-8859-1"), 200) { Rows = [RowOf("i-latin", "é")] },
        ["latin-1 that does not"] = Call(Encoding.Latin1.GetBytes(Batch(Result("i-x", "é"))), 400),
        ["a charset that nobody knows"] = new(() => Request(Encoding.UTF8.GetBytes(Batch(Result("i-x"))), type: "application/json; charset=ebcdic"), 400) { Refused = 1 },
        ["another secret"] = new(() => Request(Encoding.UTF8.GetBytes(Batch(Result("i-x"))), secret: "salah"), 401) { Refused = 1 },
        ["another user"] = new(() => Request(Encoding.UTF8.GetBytes(Batch(Result("i-x"))), user: "lain"), 401) { Refused = 1 },
        ["no credentials"] = new(() => ProviderFixture.Post("/webhooks/sms/infobip", Encoding.UTF8.GetBytes(Batch(Result("i-x"))), "application/json"), 401) { Refused = 1 },
        // The provider must keep what none of us can read.
        ["only a message that cannot be read"] = Call(Batch("""{"messageId":"i-x"}"""), 400),
        ["a receipt"] = Call("""{"results":[{"bulkId":"b","messageId":"i-receipt","to":"6281234567890","sentAt":"2026-01-05T02:00:00.000+0000","status":{"groupId":3}}]}""", 400),
        ["0 bytes"] = Call("", 400),
        ["no JSON"] = Call("{", 400),
        ["results that are no list"] = Call("""{"results":{}}""", 400),
        ["a list"] = Call("[]", 400),
        ["64 KiB and a byte"] = Call(new byte[(64 * 1024) + 1], 413),
    };

    public static TheoryData<string> Names => [.. Contracts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task SMS_1_Infobips_contract_is_kept(string name) => fixture.HoldAsync(Contracts[name]);

    public static TheoryData<string> Malformed =>
    [
        """{"messageId":"i-57"}""", "57", "null", """{"messageId":57,"from":"1","to":"1","text":"x"}""", """{"messageId":"","from":"1","to":"1","text":"x"}""",
        """{"messageId":"i-57","from":"\ud800","to":"1","text":"x"}""", """{"messageId":"i-57","from":"1","to":"1","text":null}""",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task SMS_1_of_a_batch_of_a_hundred_the_malformed_one_is_set_aside_and_the_others_are_stored_also_when_it_comes_again(string malformed)
    {
        var batch = $"i-{Guid.NewGuid():n}";
        var rows = Enumerable.Range(1, 100).Where(n => n != 57).Select(n => RowOf($"{batch}-{n}")).ToList();
        var body = Batch(Enumerable.Range(1, 100).Select(n => n == 57 ? malformed : Result($"{batch}-{n}")));
        await fixture.HoldAsync(Call(body, 200, rows) with { Refused = 1 });
        (await fixture.Database.ScalarAsync<byte[]>("select body from quarantine order by id desc limit 1")).ShouldBe(Encoding.UTF8.GetBytes(malformed));
        await fixture.HoldAsync(Call(body, 200) with { Refused = 1 });
    }
}
