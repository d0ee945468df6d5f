using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UnderFire.Tests.Load;

/// <summary>How each provider calls our door: by its own contract, with the secrets that <c>deploy/</c> gave this platform.</summary>
internal static class Wire
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Lazy<Dictionary<string, string>> More = new(ReadChannels);

    /// <summary>A new request each time: a repeat is signed anew where the contract asks for the time of the call.</summary>
    public static HttpRequestMessage Call(IReadOnlyList<Sms> sms) => sms[0].Channel switch
    {
        "kannel" => Kannel(sms[0]),
        "twilio" => Twilio(sms[0]),
        "vonage" => Vonage(sms[0]),
        "infobip" => Infobip(sms),
        _ => Generic(sms[0]),
    };

    private static HttpRequestMessage Kannel(Sms sms)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sms/{Servers.Setting("KANNEL_CHANNEL")}?id={sms.Id}&ts=&c=0") { Content = new StringContent(sms.Text, Encoding.UTF8, "text/plain") };
        request.Headers.Add("X-Kannel-From", $"0{sms.From["+62".Length..]}");
        request.Headers.Add("X-Kannel-To", Platform.CityNumber);
        request.Headers.Authorization = Basic("kannel", Servers.Setting("KANNEL_SECRET"));
        return request;
    }

    private static HttpRequestMessage Twilio(Sms sms)
    {
        var fields = Platform.TwilioFields(sms.Text, sms.From);
        fields["MessageSid"] = sms.Id;
        return Platform.Twilio(fields);
    }

    private static HttpRequestMessage Vonage(Sms sms)
    {
        var now = TimeProvider.System.GetUtcNow();
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["api-key"] = "abcd1234",
            ["keyword"] = sms.Text.Split(' ')[0].ToUpperInvariant(),
            ["message-timestamp"] = now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["messageId"] = sms.Id,
            ["msisdn"] = sms.From[1..],
            ["nonce"] = $"{Guid.CreateVersion7()}",
            ["text"] = sms.Text,
            ["timestamp"] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["to"] = Channel("vonage", "Numbers__0")[1..],
            ["type"] = sms.Text.All(char.IsAscii) ? "text" : "unicode",
        };
        if (sms.Place is { } place)
        {
            fields["concat"] = "true";
            fields["concat-part"] = place.Number.ToString(CultureInfo.InvariantCulture);
            fields["concat-ref"] = place.Reference;
            fields["concat-total"] = place.Total.ToString(CultureInfo.InvariantCulture);
        }

        var signed = string.Concat(fields.Select(field => $"&{field.Key}={field.Value.Replace('&', '_').Replace('=', '_')}"));
        fields["sig"] = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Channel("vonage", "Secret")), Encoding.UTF8.GetBytes(signed)));
        // As the account is set; this one now so, now so.
        return new(HttpMethod.Post, "/webhooks/sms/vonage") { Content = sms.Place?.Number % 2 == 0 ? new FormUrlEncodedContent(fields) : Json(fields) };
    }

    private static HttpRequestMessage Infobip(IReadOnlyList<Sms> batch)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/sms/infobip")
        {
            Content = Json(new
            {
                results = batch.Select(sms => new
                {
                    messageId = sms.Id,
                    from = sms.From[1..],
                    to = Channel("infobip", "Numbers__0")[1..],
                    text = sms.Text,
                    cleanText = sms.Text,
                    receivedAt = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture),
                    smsCount = 1,
                }),
                messageCount = batch.Count,
                pendingMessageCount = 0,
            }),
        };
        request.Headers.Authorization = Basic(Channel("infobip", "User"), Channel("infobip", "Secret"));
        return request;
    }

    private static HttpRequestMessage Generic(Sms sms)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["id"] = sms.Id, ["dari"] = sms.From, ["ke"] = Platform.CityNumber };
        if (sms.Octets is { } octets)
            data["biner"] = new { udh = Convert.ToHexString(octets.Header), isi = Convert.ToHexString(octets.Data), kode = octets.Coding };
        else
            data["teks"] = sms.Text;
        if (sms is { Place: { } place, Octets: null })
            data["bagian"] = new { @ref = place.Reference, total = place.Total, nomor = place.Number };
        return Platform.Generic(JsonSerializer.Serialize(new { type = "sms.masuk", timestamp = TimeProvider.System.GetUtcNow(), data }));
    }

    private static StringContent Json<T>(T body) => new(JsonSerializer.Serialize(body, Unescaped), Encoding.UTF8, "application/json");

    private static AuthenticationHeaderValue Basic(string user, string secret) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")));

    /// <summary>A line of <c>channels.env</c>.</summary>
    private static string Channel(string channel, string setting) => More.Value.TryGetValue($"{channel}__{setting}", out var value)
        ? value
        : throw new InvalidOperationException($"{channel}__{setting} is not in channels.env of the data folder: deploy/test writes it.");

    private static Dictionary<string, string> ReadChannels()
    {
        var file = Path.Combine(Servers.Setting("PLATFORM_DATA"), "channels.env");
        return !File.Exists(file) ? [] : File.ReadLines(file).Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }
}
