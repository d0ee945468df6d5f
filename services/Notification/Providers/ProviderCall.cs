using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ServiceDefaults.Sms;
using ServiceDefaults.Webhooks;

namespace Notification.Providers;

/// <summary>A call of a provider over HTTP: what its answer means is the provider's table, what no answer means is the same for all.</summary>
internal static class ProviderCall
{
    private const string Client = "sms-provider";
    private const int LargestAnswer = 64 * 1024;
    private const int LargestPage = 1024 * 1024;

    public static async Task<SendOutcome> CallAsync(
        this IHttpClientFactory clients, HttpRequestMessage request, Func<HttpStatusCode, string, SendOutcome> meaning, CancellationToken stop)
    {
        try
        {
            using var client = clients.CreateClient(Client);
            using var response = await client.SendAsync(request, stop);
            var outcome = meaning(response.StatusCode, await response.Content.ReadTextAsync(stop));
            // A date is measured by the provider's own clock.
            return (response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - response.Headers.Date) is { Ticks: > 0 } wait ? outcome with { Wait = wait } : outcome;
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

    /// <summary>Body of a 200, or null where there is nothing under that name.</summary>
    /// <exception cref="HttpRequestException">No answer to the question.</exception>
    public static async Task<string?> AskAsync(this IHttpClientFactory clients, HttpRequestMessage request, CancellationToken stop)
    {
        using var client = clients.CreateClient(Client);
        client.MaxResponseContentBufferSize = LargestPage;
        using var response = await client.SendAsync(request, stop);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => await response.Content.ReadTextAsync(stop),
            HttpStatusCode.NotFound => null,
            var other => throw new HttpRequestException(HttpRequestError.InvalidResponse, other.Code()),
        };
    }

    /// <summary>JSON is UTF-8, whatever the header calls it; a word that nobody knows ("utf8") would be a fault.</summary>
    private static async Task<string> ReadTextAsync(this HttpContent content, CancellationToken stop) =>
        Encoding.UTF8.GetString(await content.ReadAsByteArrayAsync(stop)).TrimStart('\uFEFF');

    public static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>What a body says, or null when it is not of that shape.</summary>
    public static T? Json<T>(string? body)
        where T : class
    {
        try
        {
            return body is null ? null : JsonSerializer.Deserialize<T>(body, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The number of a status, as histories and logs have it.</summary>
    public static string Code(this HttpStatusCode status) => ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// An account knows its own numbers alone: an SMS that comes over from another provider leaves from the first of them. A name stays; whether it is granted there, the
    /// provider says. Providers spell our numbers each in their way.
    /// </summary>
    public static string SenderFor(this ChannelOptions channel, SmsToSend sms) => sms.HasSenderName ? sms.From!
        : channel.Numbers.FirstOrDefault(own => PhoneNumber.Parse(own).Value == PhoneNumber.Parse(sms.From).Value, channel.Numbers[0]);

    public static void AddProviderCalls(this IServiceCollection services) => services.AddHttpClient(Client)
        .ConfigureHttpClient(client =>
        {
            // The time limit is the channel's; an answer is a few lines.
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.MaxResponseContentBufferSize = LargestAnswer;
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
