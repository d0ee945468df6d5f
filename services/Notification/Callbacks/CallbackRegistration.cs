using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Notification.Callbacks;

internal static class CallbackRegistration
{
    public static void AddCallbacks(this IServiceCollection services)
    {
        services.AddOptions<CallbackOptions>().BindConfiguration("Callbacks")
            .Validate(options => options.IsComplete, $"Callbacks needs a Key of {CallbackOptions.ShortestKey} characters at least, a CallLimit of 20 s at most, and networks such as 10.0.0.0/8.")
            .ValidateOnStart();
        services.AddSingleton<CalledAddress>();
        services.AddSingleton<CallbackSecrets>();
        services.AddSingleton<CallbackCall>();
        services.AddSingleton<CallbackMetrics>();
        services.AddHostedService<CallBack>();
        services.AddHostedService<TidyCallbacks>();
        services.AddHttpClient(CallbackCall.Client).ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectCallback = provider.GetRequiredService<CalledAddress>().ConnectAsync,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                // Our trace ids are nothing for strangers.
                ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            })
            .RemoveAllLoggers();
    }

    public static void MapCallbacks(RouteGroupBuilder own, RouteGroupBuilder all)
    {
        SetCallback.Map(own);
        ShowCallback.Map(own);
        RotateCallbackSecret.Map(own);
        EndCallback.Map(own);

        ListCallbacks.Map(all);
        ReplayCallback.Map(all);
    }
}
