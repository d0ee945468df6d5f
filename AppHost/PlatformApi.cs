using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;

namespace AppHost;

/// <summary>What the dashboard's buttons ask of the running platform, through its one door.</summary>
internal sealed class PlatformApi(HttpClient gateway)
{
    // Each service gives back what its own consumers gave up.
    private static readonly string[] Services = ["directory", "inbound-sms", "notifications", "broadcasts"];

    private sealed record Tokens(string AccessToken);

    private sealed record Parked(string Queue, string MessageId);

    private sealed record Page(IReadOnlyList<Parked> Items);

    /// <summary>Hands a message over as Kannel does (deploy/lib/kannel.sh, post-url).</summary>
    public async Task SendAsCitizenAsync(string kannelSecret, string citizen, string city, string text, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"webhooks/sms/kannel?c=0&id={Guid.CreateVersion7()}", UriKind.Relative));
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"kannel:{kannelSecret}")));
        request.Headers.Add("X-Kannel-From", citizen);
        request.Headers.Add("X-Kannel-To", city);
        request.Content = new StringContent(text, Encoding.UTF8, "text/plain");
        using var response = await gateway.SendAsync(request, stop);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Gives back what is parked by now, each message once. Returns how many there were, and how many could not be given back.</summary>
    public async Task<(int Found, int Failed)> ReplayParkedAsync(string userLogin, string password, string code, CancellationToken stop)
    {
        var token = await SignInAsync(userLogin, password, code, stop);
        var (found, failed) = (0, 0);
        foreach (var service in Services)
        {
            using var list = await SendAsync(HttpMethod.Get, $"api/{service}/parked-messages", token, stop);
            list.EnsureSuccessStatusCode();
            foreach (var parked in (await list.Content.ReadFromJsonAsync<Page>(stop))!.Items)
            {
                found++;
                // Somebody else may have given it back meanwhile: that is one failure, not the end.
                using var replay = await SendAsync(
                    HttpMethod.Post, $"api/{service}/parked-messages/{Uri.EscapeDataString(parked.Queue)}/{Uri.EscapeDataString(parked.MessageId)}/replay", token, stop);
                if (!replay.IsSuccessStatusCode)
                    failed++;
            }
        }

        return (found, failed);
    }

    /// <summary>The authenticator's code (RFC 6238) by its secret in Base32.</summary>
    public static string CodeOf(string secret, DateTimeOffset now)
    {
        var bits = string.Concat(secret.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = bits.Chunk(8).Where(part => part.Length == 8).Select(part => Convert.ToByte(new string(part), 2)).ToArray();
        var step = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(step, now.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // RFC 6238
        var hash = HMACSHA1.HashData(key, step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    private async Task<string> SignInAsync(string userLogin, string password, string code, CancellationToken stop)
    {
        using var response = await gateway.PostAsJsonAsync(new Uri("api/directory/sessions", UriKind.Relative), new { userLogin, password, code }, stop);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<Tokens>(stop))!.AccessToken;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string token, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await gateway.SendAsync(request, stop);
    }
}
