using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Testing;

/// <summary>The running platform, seen from outside: through its gateway, with what <c>platform.env</c> tells an outsider.</summary>
public sealed class Platform : IDisposable
{
    public static string CityNumber => Servers.Setting("CITY_NUMBER");
    public static string Keyword => Servers.Setting("OFFICIAL_KEYWORD");

    /// <summary>Without a token.</summary>
    public HttpClient Anybody { get; } = NewClient();

    /// <summary>A word that no other text has: letters only, since a run of digits would be masked as a phone number.</summary>
    public static string NewWord() => string.Concat(Guid.CreateVersion7().ToString("n").Select(digit => (char)('a' + Convert.ToInt32($"{digit}", 16))));

    /// <summary>A mobile number that no other test uses.</summary>
    public static string NewCitizen() => $"+62812{RandomNumberGenerator.GetInt32(10_000_000, 99_999_999).ToString(CultureInfo.InvariantCulture)}";

    public static HttpClient NewClient() => new() { BaseAddress = new Uri(Servers.Setting("GATEWAY_URL")), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>A client with an access token of <see cref="Login.Of"/>.</summary>
    public static async Task<HttpClient> SignInAsync(string who)
    {
        var client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Login.Of(who).TokenAsync());
        return client;
    }

    /// <summary>The message with this text in the caller's inbox; waits for it.</summary>
    public static async Task<JsonElement> InInboxAsync(HttpClient official, string text) => await Eventually.GetAsync(
        async () => (await official.GetFromJsonAsync<JsonElement>("/api/inbound-sms/messages")).GetProperty("items").EnumerateArray()
            .FirstOrDefault(item => item.GetProperty("text").GetString() == text),
        item => item.ValueKind == JsonValueKind.Object);

    public static Task<HttpResponseMessage> AnswerAsync(HttpClient official, Guid message, string text) =>
        official.PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text });

    /// <summary>Waits until the message's only answer has this status.</summary>
    public static Task<JsonElement> DeliveredAsync(HttpClient official, Guid message, string status = "Delivered") => Eventually.GetAsync(
        () => official.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{message}"),
        m => m.GetProperty("answers")[0].GetProperty("deliveryStatus").GetString() == status);

    /// <summary>A Twilio call, signed as Twilio's documentation says over the public address of <c>platform.env</c>.</summary>
    public static HttpRequestMessage Twilio(Dictionary<string, string> fields, string? signature = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sms/{Servers.Setting("TWILIO_CHANNEL")}") { Content = new FormUrlEncodedContent(fields) };
        var signed = Servers.Setting("TWILIO_PUBLIC_URL")
            + string.Concat(fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Key + field.Value));
#pragma warning disable CA5350 // Twilio's contract
        var hash = HMACSHA1.HashData(Encoding.UTF8.GetBytes(Servers.Setting("TWILIO_AUTH_TOKEN")), Encoding.UTF8.GetBytes(signed));
#pragma warning restore CA5350
        request.Headers.TryAddWithoutValidation("X-Twilio-Signature", signature ?? Convert.ToBase64String(hash));
        return request;
    }

    public static Dictionary<string, string> TwilioFields(string text, string from) => new(StringComparer.Ordinal)
    {
        ["MessageSid"] = $"SM{Guid.CreateVersion7():n}",
        ["AccountSid"] = "AC00000000000000000000000000000001",
        ["From"] = from,
        ["To"] = CityNumber,
        ["Body"] = text,
        ["NumMedia"] = "0",
    };

    /// <summary>A call of the generic contract, signed by Standard Webhooks.</summary>
    public static HttpRequestMessage Generic(string body)
    {
        var (id, timestamp) = ($"msg_{Guid.CreateVersion7():n}", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var key = Convert.FromBase64String(Servers.Setting("GENERIC_SECRET")["whsec_".Length..]);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));
        return new(HttpMethod.Post, $"/webhooks/sms/{Servers.Setting("GENERIC_CHANNEL")}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "webhook-id", id }, { "webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture) }, { "webhook-signature", $"v1,{signature}" } },
        };
    }

    public void Dispose() => Anybody.Dispose();
}
