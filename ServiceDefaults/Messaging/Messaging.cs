using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Messaging.Parked;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Messaging;

/// <summary>RabbitMQ by MassTransit: one quorum queue per consumer, named <c>&lt;service&gt;-&lt;what-it-does&gt;</c>.</summary>
public static class Messaging
{
    // Bounded, so that what waits stays in the broker and not in the memory of one instance.
    private const int Prefetch = 32;

    // Few at once: consuming can wait in the broker, a provider at the door cannot.
    private const int AtOnce = 8;

    /// <summary>Registers the bus, the relay and the consumers that <paramref name="consumers"/> lists by name.</summary>
    /// <param name="builder">The service's host. The broker's address is <c>ConnectionStrings:rabbitmq</c>.</param>
    /// <param name="service">Prefix of the queues, so that equal consumers of two services do not share one.</param>
    /// <param name="consumers">Explicit lines, no scanning.</param>
    public static void AddMessaging(this IHostApplicationBuilder builder, string service, Action<IBusRegistrationConfigurator> consumers)
    {
        var queues = new ConsumerQueues();
        builder.Services.AddSingleton(queues);
        builder.Services.AddSingleton<OutboxBell>();
        builder.Services.AddSingleton<OutboxState>();
        builder.Services.AddSingleton<SendingBus>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SendingBus>());
        builder.Services.AddSingleton<RingOutboxAfterSave>();
        builder.Services.AddHostedService<OutboxRelay>();
        builder.Services.AddHostedService<ForgetOldKeys>();
        builder.Services.AddMassTransit(bus =>
        {
            // It would tell the library's maker which queues this government has.
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(new KebabCaseEndpointNameFormatter(service, includeNamespace: false));
            bus.ConfigureHealthCheckOptions(health => health.MinimalFailureStatus = HealthStatus.Degraded);
            bus.AddConsumer<KeepSignInState>();
            bus.AddConsumer<KeepChainHead>();
            consumers(bus);
            bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
            {
                queues.Add(name);
                ConfigureEndpoint(context, endpoint);
            });
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(Broker(builder.Configuration));
                rabbit.ConfigureEndpoints(context);
            });
        });
        builder.Services.Configure<MassTransitHostOptions>(options =>
        {
            // A service starts and serves while the broker is away; its outbox waits.
            options.WaitUntilStarted = false;
            options.StopTimeout = TimeSpan.FromSeconds(20);
        });
    }

    internal static Uri Broker(IConfiguration configuration) =>
        new(configuration.GetConnectionString("rabbitmq") ?? throw new InvalidOperationException("ConnectionStrings:rabbitmq is not set."));

    private static void ConfigureEndpoint(IRegistrationContext context, IReceiveEndpointConfigurator endpoint)
    {
        // A fault message would carry the body, and with it personal data.
        endpoint.PublishFaults = false;
        endpoint.PrefetchCount = Prefetch;
        endpoint.ConcurrentMessageLimit = AtOnce;
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.SetQuorumQueue();

        // Our own infrastructure's faults wait in place, however long; faults of logic go to the error queue after three tries.
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(fault => fault.IsInfrastructureFault());
            retry.Exponential(int.MaxValue, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(500));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(fault => fault.IsInfrastructureFault());
            retry.Intervals(100, 1000);
        });
        endpoint.UseConsumeFilter(typeof(InboxFilter<>), context);
    }
}
