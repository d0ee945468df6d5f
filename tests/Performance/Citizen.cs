using System.Text;
using Testing;

namespace Performance;

/// <summary>Writes to the running platform through its gateway, in Kannel's place.</summary>
internal static class Citizen
{
    /// <summary>Returns when the message is durable.</summary>
    /// <param name="http">A client whose base address is the gateway.</param>
    /// <param name="id">Kannel's id of the message.</param>
    /// <param name="n">Which citizen: each has a number of his own, up to ten millions.</param>
    public static async Task WriteAsync(HttpClient http, string id, int n)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sms/kannel?id={id}")
        {
            Content = new StringContent($"{Servers.Setting("OFFICIAL_KEYWORD")} ukur"),
            Headers = { { "X-Kannel-From", $"+62813{10_000_000 + n}" }, { "X-Kannel-To", Servers.Setting("CITY_NUMBER") } },
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"kannel:{Servers.Setting("KANNEL_SECRET")}")));
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
