using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Notification.Tests.Testing;
using ServiceDefaults.Sms;

namespace Notification.Tests.Providers;

/// <summary>Vonage as its documents describe it: an answer for each part of a long SMS.</summary>
public sealed class VonageFixture : NotificationFixture
{
    public const string Channel = "vonage-kirim";
    public const string First = "vonage-dulu";
    public const string Behind = "vonage-cadangan";
    public const string OwnNumber = "+6281100000008";
    public const string Unasked = "vonage-diam";
    private const string Secret = "rahasia-uji";

    public static string TwoParts { get; } = new('a', 200);

    private int _ids;

    public FaultyProvider Vonage { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings
        .Concat(Vonages(Channel)).Concat(Vonages(First)).Concat(Vonages(Unasked).Where(setting => !setting.Key.EndsWith(":ListUrl", StringComparison.Ordinal)))
        .Append(new($"Channels:{First}:FailOver:0", "kannel"))
        .Concat(base.Settings.Where(setting => setting.Key.StartsWith("Channels:away:", StringComparison.Ordinal))
            .Select(setting => KeyValuePair.Create(setting.Key.Replace("away", Behind, StringComparison.Ordinal), setting.Value)))
        .Append(new($"Channels:{Behind}:FailOver:0", Channel)).Append(new($"Channels:{Channel}:BalanceAlarm", "5"));

    private Dictionary<string, string?> Vonages(string channel) => new()
    {
        [$"Channels:{channel}:Type"] = "Vonage",
        [$"Channels:{channel}:Secret"] = Secret,
        [$"Channels:{channel}:SignatureMethod"] = "Sha256",
        [$"Channels:{channel}:Numbers:0"] = OwnNumber,
        [$"Channels:{channel}:SendUrl"] = $"{Vonage.Url}/sms/json",
        [$"Channels:{channel}:SendUser"] = "abcd1234",
        [$"Channels:{channel}:SendPassword"] = "api-secret",
        [$"Channels:{channel}:StatusUrl"] = $"https://smscenter.example.go.id/webhooks/sms/{channel}/status",
        [$"Channels:{channel}:ListUrl"] = $"{Vonage.Url}/v2/reports/records",
        [$"Channels:{channel}:ListUser"] = "abcd1234",
        [$"Channels:{channel}:ListPassword"] = "api-secret",
    };

    public override async ValueTask InitializeAsync()
    {
        Vonage = await FaultyProvider.StartAsync("/sms/json", "to", call => Results.Json(new Dictionary<string, object>
        {
            ["message-count"] = "1",
            ["messages"] = Enumerable.Range(0, SmsText.Measure(call.Form["text"]).Segments).Select(_ => new Dictionary<string, string>
            {
                ["to"] = call.Form["to"],
                ["message-id"] = $"0A{Interlocked.Increment(ref _ids):X14}",
                ["status"] = "0",
                ["remaining-balance"] = "10.28",
                ["client-ref"] = call.Form["client-ref"],
            }).ToArray(),
        }));
        Vonage.Knows["/account/get-balance"] = new { value = 10.28, autoReload = false };
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Vonage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A receipt, signed, in one of the three ways an account can be set to.</summary>
    public async Task<HttpResponseMessage> ReportAsync(
        Guid id, string messageId, string status, string error = "0", string way = "form", string secret = Secret, string channel = Channel, TimeSpan age = default, string? reference = null)
    {
        var fields = new Dictionary<string, string>
        {
            ["msisdn"] = "6281234567890",
            ["to"] = OwnNumber[1..],
            ["network-code"] = "51010",
            ["messageId"] = messageId,
            ["price"] = "0.0333",
            ["status"] = status,
            ["scts"] = "2601050200",
            ["err-code"] = error,
            ["message-timestamp"] = "2026-01-05 02:00:00",
            ["client-ref"] = reference ?? id.ToString(),
            ["api-key"] = "abcd1234",
            ["timestamp"] = (Clock.GetUtcNow() - age).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["nonce"] = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
        };
        var signed = string.Concat(fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"&{field.Key}={field.Value.Replace('&', '_').Replace('=', '_')}"));
        fields["sig"] = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed)));
        var door = $"/webhooks/sms/{channel}/status";
        using var form = new FormUrlEncodedContent(fields);
        using var json = System.Net.Http.Json.JsonContent.Create(fields);
        return way switch
        {
            "query" => await Client().GetAsync($"{door}?{await form.ReadAsStringAsync()}"),
            "json" => await Client().PostAsync(door, json),
            _ => await Client().PostAsync(door, form),
        };
    }

    public Task<string> IdsAsync(Guid id) => Database.ScalarAsync<string>($"select coalesce((select provider_id from sms where id = '{id}'), '')");
}
