using System.Net;

namespace Notification.Providers;

/// <summary>A call of a provider over HTTP: what its answer means is the provider's table, what no answer means is the same for all.</summary>
internal static class ProviderCall
{
    private const string Client = "sms-provider";

    public static async Task<SendOutcome> CallAsync(
        this IHttpClientFactory clients, HttpRequestMessage request, Func<HttpStatusCode, string, SendOutcome> meaning, CancellationToken stop)
    {
        try
        {
            using var client = clients.CreateClient(Client);
            using var response = await client.SendAsync(request, stop);
            var outcome = meaning(response.StatusCode, await response.Content.ReadAsStringAsync(stop));
            return response.Headers.RetryAfter?.Delta is { } wait ? outcome with { Wait = wait } : outcome;
        }
        catch (HttpRequestException fault)
        {
            return fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                ? new(SendResult.NotNow, fault.HttpRequestError.ToString())
                : new(SendResult.Unknown, fault.HttpRequestError.ToString());
        }
        catch (TaskCanceledException fault) when (fault.InnerException is TimeoutException && !stop.IsCancellationRequested)
        {
            // The connection did not come about: nothing was written.
            return new(SendResult.NotNow, nameof(HttpRequestError.ConnectionError));
        }
    }

    /// <summary>Body of a 200, or null: asking costs nothing but the answer.</summary>
    public static async Task<string?> AskAsync(this IHttpClientFactory clients, HttpRequestMessage request, CancellationToken stop)
    {
        using var client = clients.CreateClient(Client);
        using var response = await client.SendAsync(request, stop);
        return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync(stop) : null;
    }

    public static void AddProviderCalls(this IServiceCollection services) => services.AddHttpClient(Client)
        .ConfigureHttpClient(client =>
        {
            // The time limit is the channel's; an answer is a few lines.
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.MaxResponseContentBufferSize = 64 * 1024;
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            // Kannel closes idle connections; a request written into that moment would be uncertain.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        .RemoveAllLoggers();
}
