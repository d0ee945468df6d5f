using System.Collections.Concurrent;
using System.Net;

namespace UnderFire.Tests;

/// <summary>An SMS provider as its contract asks for: the same call again until it hears 2xx. Repeats some calls though it heard it.</summary>
public sealed class Provider : IDisposable
{
    private const int AtOnce = 32;

    private readonly HttpClient _client = Platform.NewClient();
    private readonly ConcurrentDictionary<string, byte> _acknowledged = new(StringComparer.Ordinal);

    /// <summary>Its ids of the messages that got 2xx.</summary>
    public IReadOnlyCollection<string> Acknowledged => [.. _acknowledged.Keys];

    public static Dictionary<string, string> Sms(string from, string text) => Platform.TwilioFields(text, from);

    /// <summary>All of them, many at once. One in five comes twice: one in ten at the same moment, one in ten after its 2xx.</summary>
    public async Task DeliverAsync(IEnumerable<Dictionary<string, string>> messages) => await Parallel.ForEachAsync(
        messages.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (message, _) =>
        {
            await Task.WhenAll(Enumerable.Range(0, message.Index % 10 == 0 ? 2 : 1).Select(_ => DeliverAsync(message.Item)));
            if (message.Index % 10 == 5)
                await DeliverAsync(message.Item);
        });

    public void Dispose() => _client.Dispose();

    private async Task DeliverAsync(Dictionary<string, string> message)
    {
        await Eventually.TrueAsync(() => TryAsync(message), seconds: 180);
        _acknowledged.TryAdd(message["MessageSid"], 0);
    }

    private async Task<bool> TryAsync(Dictionary<string, string> message)
    {
        try
        {
            using var request = Platform.Twilio(message);
            using var answer = await _client.SendAsync(request);
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
