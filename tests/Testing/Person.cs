using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Testing;

/// <summary>Somebody with an account who does not give up: signs in anew when the token has ended, and repeats a request under its key until it is decided.</summary>
public sealed class Person(Login login) : IDisposable
{
    private static readonly HttpStatusCode[] Later =
    [
        HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout,
    ];

    private readonly HttpClient _client = Platform.NewClient();
    /// <inheritdoc cref="Login.Of"/>
    public static Person Of(string who) => new(Login.Of(who));

    /// <summary>The decision: any answer but "later".</summary>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        key ??= Guid.CreateVersion7().ToString();
        return (await Eventually.GetAsync(() => TryAsync(method, path, body, key), answer => answer is not null, seconds: 180))!;
    }

    /// <summary>The same, for what must succeed.</summary>
    public async Task<JsonElement> DoAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await AskAsync(method, path, body);
        var content = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(content).RootElement
            : throw new InvalidOperationException($"{method} {path} was answered with {(int)answer.StatusCode}: {content}");
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage?> TryAsync(HttpMethod method, string path, object? body, string key)
    {
        try
        {
            var token = await login.TokenAsync();
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Add("Idempotency-Key", key);
            var answer = await _client.SendAsync(request);
            if (!Later.Contains(answer.StatusCode))
                return answer;
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
                await login.ForgetAsync(token);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            // Nobody there, or the answer was lost: nothing is known, so the same request goes out again.
        }

        return null;
    }
}
