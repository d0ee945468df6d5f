using System.Net;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Recovery;

/// <summary>
/// Asks a provider for a page, four times at most, each within a limit. There is no circuit beside that: a run ends with its first page that fails, and the next
/// run is an interval away.
/// </summary>
internal sealed class ListClient(IHttpClientFactory clients, IOptions<RecoveryOptions> options)
{
    private const string Name = "provider-list";
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>().Handle<TimeoutRejectedException>()
                .HandleResult(response => response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError),
            MaxRetryAttempts = 3,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.Value.RetryDelay,
            DelayGenerator = retry => ValueTask.FromResult(
                retry.Outcome.Result?.Headers.RetryAfter?.Delta is { } wished && wished <= LongestPause ? wished : default(TimeSpan?)),
        })
        .AddTimeout(options.Value.CallLimit)
        .Build();

    /// <exception cref="HttpRequestException">The provider is away or does not want to answer.</exception>
    /// <exception cref="TimeoutRejectedException">It takes too long.</exception>
    public async Task<byte[]> GetAsync(IProviderList list, ChannelOptions channel, Uri page, CancellationToken stop)
    {
        using var client = clients.CreateClient(Name);
        using var response = await _pipeline.ExecuteAsync(
            async limit =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, page);
                request.Headers.Authorization = list.Credentials(channel);
                request.Headers.Accept.ParseAdd("application/json");
                return await client.SendAsync(request, limit);
            },
            stop);
        // Not EnsureSuccessStatusCode: anything but a page is none, a redirect too.
        return response.StatusCode == HttpStatusCode.OK
            ? await response.Content.ReadAsByteArrayAsync(stop)
            : throw new HttpRequestException(message: null, inner: null, response.StatusCode);
    }

    public static void Add(IServiceCollection services) => services.AddSingleton<ListClient>().AddHttpClient(Name)
        .ConfigureHttpClient(client =>
        {
            // The limit is the pipeline's. A page of a thousand long messages has two or three MB.
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.MaxResponseContentBufferSize = 16 * 1024 * 1024;
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            // Credentials go where the settings say and nowhere else.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        .RemoveAllLoggers();
}
