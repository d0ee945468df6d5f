using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace InboundSms.Tests.Receive.Providers;

/// <summary>twilio.com/docs/messaging/guides/webhook-request; vectors of the signature: twilio.com/docs/usage/security and one computed apart.</summary>
public sealed class TwilioTests(ProviderFixture fixture) : IClassFixture<ProviderFixture>
{
    private const string Url = ProviderFixture.TwilioUrl + "?kanal=a";
    private const string Sid = "SM00000000000000000000000000000001";
    private const string Vector = "US9i30zfm47O62Fa5esXnreHoCk=";
    private const string Token = "uji-token-0001";

    private static string Form(string sid = Sid, string body = "DINKES puskesmas tutup & antri?", string account = "AC00000000000000000000000000000001") =>
        $"AccountSid={account}&ApiVersion=2010-04-01&Body={Uri.EscapeDataString(body)}&From=%2B6281234567890&FromCountry=ID"
        + $"&MessageSid={sid}&NumMedia=0&NumSegments=1&SmsMessageSid={sid}&SmsSid={sid}&SmsStatus=received&To=%2B6281100000001";

    private static Row RowOf(string form, string sid, string body = "DINKES puskesmas tutup & antri?", string account = "AC00000000000000000000000000000001") =>
        new(sid, "+6281234567890", body, form, Account: account);

    private static Contract Call(string form, int status, string? signature = null, string token = Token, string url = Url, params IReadOnlyList<Row> rows) => new(
        () => Request(form, signature ?? Sign(url, form, token)), status)
    {
        MediaType = status == 200 ? "text/xml" : null,
        Answer = status == 200 ? "<Response/>" : "",
        Rows = rows,
        Refused = status is 400 or 401 ? 1 : 0,
    };

    private static readonly Dictionary<string, Contract> Contracts = new()
    {
        ["the vector of a rebuilt http address"] = Call(Form("SM-http"), 401, "HGVCxmFwKtkB3VEegJvOfQqY5Cc="),
        ["http instead of https"] = Call(Form("SM-http"), 401, url: Url.Replace("https", "http", StringComparison.Ordinal)),
        ["another token"] = Call(Form("SM-token"), 401, token: "another-token"),
        ["another query"] = Call(Form("SM-query"), 401, url: ProviderFixture.TwilioUrl),
        ["no base64"] = Call(Form("SM-base64"), 401, "%%%"),
        ["no signature"] = Call(Form("SM-none"), 401, ""),
        ["the standard port in the address"] = Call(Form("SM-port"), 200, url: Url.Replace("go.id/", "go.id:443/", StringComparison.Ordinal), rows: RowOf(Form("SM-port"), "SM-port")),
        ["a field that nobody knows"] = Call(Form("SM-new") + "&NewField=x", 200, rows: RowOf(Form("SM-new") + "&NewField=x", "SM-new")),
        ["fields in another order"] = Call("To=%2B6281100000001&" + Form("SM-order").Replace("&To=%2B6281100000001", "", StringComparison.Ordinal), 200,
            rows: RowOf("To=%2B6281100000001&" + Form("SM-order").Replace("&To=%2B6281100000001", "", StringComparison.Ordinal), "SM-order")),
        ["spaces as plus"] = Call(Form("SM-plus").Replace("%20", "+", StringComparison.Ordinal), 200, rows: RowOf(Form("SM-plus").Replace("%20", "+", StringComparison.Ordinal), "SM-plus")),
        ["raw UTF-8"] = Call(Form("SM-raw").Replace("puskesmas", "puskesmaś", StringComparison.Ordinal), 200,
            rows: RowOf(Form("SM-raw").Replace("puskesmas", "puskesmaś", StringComparison.Ordinal), "SM-raw", "DINKES puskesmaś tutup & antri?")),
        ["an empty text"] = Call(Form("SM-empty", ""), 200, rows: RowOf(Form("SM-empty", ""), "SM-empty", "")),
        ["1600 characters"] = Call(Form("SM-long", new('x', 1600)), 200, rows: RowOf(Form("SM-long", new('x', 1600)), "SM-long", new('x', 1600))),
        ["fields inside the text"] = Call(Form("SM-inject", "x&From=%2B6281199999999&MessageSid=1"), 200, rows: RowOf(Form("SM-inject", "x&From=%2B6281199999999&MessageSid=1"), "SM-inject", "x&From=%2B6281199999999&MessageSid=1")),
        ["a receipt"] = Call("AccountSid=AC1&From=%2B6281100000001&MessageSid=SM-receipt&MessageStatus=delivered&SmsSid=SM-receipt&SmsStatus=delivered&To=%2B6281234567890", 400),
        ["no MessageSid"] = Call(Form("SM-m").Replace("&MessageSid=SM-m", "", StringComparison.Ordinal), 400),
        ["no AccountSid"] = Call(Form("SM-m").Replace("AccountSid=AC00000000000000000000000000000001&", "", StringComparison.Ordinal), 400),
        ["no From"] = Call(Form("SM-m").Replace("&From=%2B6281234567890", "", StringComparison.Ordinal), 400),
        ["no To"] = Call(Form("SM-m").Replace("&To=%2B6281100000001", "", StringComparison.Ordinal), 400),
        ["an id of 257 characters"] = Call(Form(new('x', 257)), 400),
        ["0 bytes"] = Call("", 400),
        ["no form"] = Call("a=%zz", 400, Vector),
        ["latin-1"] = Call(Form("SM-latin") + "&x=%E9", 400, Vector),
        ["64 KiB and a byte"] = Call(new('x', (64 * 1024) + 1), 413, Vector),
    };

    public static TheoryData<string> Names => [.. Contracts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task SMS_1_Twilios_contract_is_kept(string name) => fixture.HoldAsync(Contracts[name]);

    [Fact]
    public Task SMS_1_Twilios_published_vector_is_one_message_however_often_it_comes() =>
        fixture.HoldAllAsync(Call(Form(), 200, Vector, rows: RowOf(Form(), Sid)), Call(Form(), 200, Vector));

    [Fact]
    public async Task SMS_1_the_same_id_under_two_accounts_is_two_messages()
    {
        foreach (var account in new[] { "AC1", "AC2" })
        {
            using var request = Request(Form("SM-accounts", account: account), Sign(Url, Form("SM-accounts", account: account)));
            (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await fixture.Database.ScalarAsync<long>("select count(*) from message where provider_message_id = 'SM-accounts'")).ShouldBe(2);
    }

    [Fact]
    public async Task SMS_1_five_deliveries_at_once_are_one_message()
    {
        var form = Form("SM-five");
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => fixture.Client().SendAsync(Request(form, Sign(Url, form)))));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await fixture.Database.ScalarAsync<long>("select count(*) from message where provider_message_id = 'SM-five'")).ShouldBe(1);
        (await fixture.Database.ScalarAsync<long>("select count(*) from unsealed u join message m on m.id = u.entry_id where m.provider_message_id = 'SM-five'"
            .Replace("unsealed", "(select entry_id from unsealed union all select entry_id from seal)", StringComparison.Ordinal))).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_what_the_caller_says_of_a_proxy_counts_nothing()
    {
        using var request = Request(Form("SM-proxy"), Sign(Url.Replace("smscenter.example.go.id", "evil.example", StringComparison.Ordinal), Form("SM-proxy")));
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    internal static HttpRequestMessage Request(string form, string signature) => ProviderFixture.Post(
        "/webhooks/sms/twilio?kanal=a", Encoding.UTF8.GetBytes(form), "application/x-www-form-urlencoded", ("X-Twilio-Signature", signature), ("I-Twilio-Idempotency-Token", "t"));

    /// <summary>Signs as Twilio's published algorithm says, written independently of the service.</summary>
    internal static string Sign(string url, string form, string token = Token)
    {
        var fields = form.Split('&').Select(pair => pair.Split('=', 2)).OrderBy(pair => pair[0], StringComparer.Ordinal)
            .Select(pair => pair[0] + (pair.Length == 2 ? Uri.UnescapeDataString(pair[1].Replace('+', ' ')) : ""));
#pragma warning disable CA5350 // Twilio's contract.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(url + string.Concat(fields))));
#pragma warning restore CA5350
    }
}
