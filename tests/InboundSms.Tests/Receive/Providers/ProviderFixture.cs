using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using InboundSms.Storage;

namespace InboundSms.Tests.Receive.Providers;

/// <summary>InboundSms with a channel of every provider type; each has an old secret for one hour more.</summary>
public class ProviderFixture() : ServiceFixture<InboundSmsDb>("inboundsms")
{
    public const string CityNumber = "+6281100000001";
    public const string TwilioUrl = "https://smscenter.example.go.id/webhooks/twilio/inbound";
    public static readonly TimeSpan Rotation = TimeSpan.FromHours(1);

    protected override IEnumerable<KeyValuePair<string, string?>> Settings
    {
        get
        {
            var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
            void Channel(string name, string type, string secret, string old, params (string Key, string Value)[] more)
            {
                foreach (var (key, value) in more.Concat([("Type", type), ("Secret", secret), ("OldSecret", old), ("OldSecretUntil", $"{Clock.GetUtcNow() + Rotation:O}"), ("Numbers:0", CityNumber)]))
                    settings[$"Channels:{name}:{key}"] = value;
            }

            Channel("kannel", "Kannel", "kannel-uji", "kannel-lama", ("User", "kannel"));
            Channel("twilio", "Twilio", "uji-token-0001", "uji-token-lama", ("PublicUrl", TwilioUrl));
            Channel("infobip", "Infobip", "infobip-uji", "infobip-lama", ("User", "kota"));
            Channel("generic", "Generic", GenericTests.Secret, GenericTests.OldSecret);
            foreach (var method in new[] { "Md5Hash", "Md5", "Sha1", "Sha256", "Sha512" })
                Channel($"vonage-{method}", "Vonage", "rahasia-uji", "rahasia-lama", ("SignatureMethod", method));
            return settings;
        }
    }

    /// <summary>Sends a request and holds the answer and what is stored against the contract.</summary>
    public async Task HoldAsync(Contract contract)
    {
        var before = await Database.ScalarAsync<long>("select count(*) from message");
        var refusedBefore = await Database.ScalarAsync<long>("select count(*) from quarantine");
        using var request = contract.Request();
        using var response = await Client().SendAsync(request);
        response.StatusCode.ShouldBe((HttpStatusCode)contract.Status);
        (await response.Content.ReadAsStringAsync()).ShouldBe(contract.Answer);
        response.Content.Headers.ContentType?.MediaType.ShouldBe(contract.MediaType);
        (await Database.ScalarAsync<long>("select count(*) from message")).ShouldBe(before + contract.Rows.Count);
        (await Database.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(refusedBefore + contract.Refused);
        var channel = new Uri(new Uri("http://door"), request.RequestUri!).AbsolutePath.Split('/')[3];
        foreach (var row in contract.Rows)
            (await RowAsync(channel, row.Id)).ShouldBe(row);
    }

    /// <summary>One after the other.</summary>
    public async Task HoldAllAsync(params IEnumerable<Contract> contracts)
    {
        foreach (var contract in contracts)
            await HoldAsync(contract);
    }

    private async Task<Row> RowAsync(string channel, string id)
    {
        var json = await Database.ScalarAsync<string>($"""
            select json_build_object('Id', m.provider_message_id, 'Account', m.account, 'At', m.provider_time at time zone 'UTC',
              'Sender', c.sender, 'Recipient', c.recipient, 'Text', c.text, 'Raw', encode(c.raw, 'base64'))::text
            from message m join message_content c on c.message_id = m.id where m.channel = '{channel}' and m.provider_message_id = '{id}'
            """);
        var row = JsonSerializer.Deserialize<JsonElement>(json);
        string? Text(string name) => row.GetProperty(name).GetString();
        return new(Text("Id")!, Text("Sender")!, Text("Text")!, Encoding.UTF8.GetString(Convert.FromBase64String(Text("Raw")!.Replace("\n", "", StringComparison.Ordinal))),
            Text("At"), Text("Account")!, Text("Recipient")!);
    }

    public static HttpRequestMessage Post(string path, byte[] body, string? mediaType, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (mediaType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    public static (string Name, string Value) Basic(string user, string secret) =>
        ("Authorization", new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}"))).ToString());
}

/// <summary>One real request of a provider, and what it must come to.</summary>
/// <param name="Request">Made anew for every use.</param>
/// <param name="Status">Of the answer.</param>
public sealed record Contract(Func<HttpRequestMessage> Request, int Status)
{
    /// <summary>Media type of the answer, null where it has none.</summary>
    public string? MediaType { get; init; }
    public string Answer { get; init; } = "";
    /// <summary>Every row that is new afterwards.</summary>
    public IReadOnlyList<Row> Rows { get; init; } = [];
    /// <summary>New rows of the quarantine.</summary>
    public int Refused { get; init; }
}

/// <summary>A stored message.</summary>
public sealed record Row(string Id, string Sender, string Text, string Raw, string? At = null, string Account = "", string Recipient = ProviderFixture.CityNumber);
