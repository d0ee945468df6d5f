using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Messaging;

/// <summary>
/// What leaves outside of a consumer goes through a bus of its own. A broker's death can leave the library with a channel that it calls healthy and on which nothing is
/// ever confirmed again; such a bus is thrown away, and the consumers, on theirs, notice nothing.
/// </summary>
/// <param name="consuming">The bus of the consumers. It knows whether the broker is there: this one learns it only by sending.</param>
public sealed partial class SendingBus(IBusControl consuming, IConfiguration configuration, IMeterFactory meters, ILogger<SendingBus> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Counter<long> _replaced =
        meters.Create(Telemetry.Name).CreateCounter<long>("platform.bus.replaced", "{bus}", "Sending buses thrown away because the broker, though there, confirmed nothing");
    private readonly SemaphoreSlim _starting = new(1);
    private IBusControl? _bus;

    /// <summary>Hundreds of messages that wait for a connection would keep the process busy with reconnecting.</summary>
    internal bool IsBrokerThere => consuming.CheckHealth().Status == BusHealthStatus.Healthy;

    /// <summary>Ends when the consumers are connected.</summary>
    internal Task WaitForBrokerAsync(CancellationToken stop) => consuming.WaitForHealthStatus(BusHealthStatus.Healthy, stop);

    /// <summary>Publishes what is worth nothing when the next one comes: no outbox, no second try.</summary>
    /// <param name="message">The event.</param>
    /// <param name="keptFor">How long it may wait in a queue.</param>
    /// <param name="stop">Given up as well after five seconds.</param>
    /// <returns>Null, or the name of what went wrong.</returns>
    public async Task<string?> TellAsync<T>(T message, TimeSpan? keptFor, CancellationToken stop)
        where T : class
    {
        try
        {
            await HandOverAsync((bus, limit) => bus.Publish(message, context => context.TimeToLive = keptFor, limit), TellLimit, stop);
            return null;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // The broker is away, in one of the many ways in which it can be.
            return fault.GetType().Name;
        }
    }

    /// <summary>Ends with the broker's confirmation, or with a fault after <paramref name="atMost"/>, whatever the library is told.</summary>
    internal async Task HandOverAsync(Func<IBus, CancellationToken, Task> handOver, TimeSpan atMost, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(atMost);
        var bus = await BusAsync(limit.Token);
        try
        {
            await handOver(bus, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            ThrowAway(bus);
            throw;
        }
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After all who send: it was registered before them.</summary>
    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _bus, null) is { } bus)
            await StopAsync(bus);
    }

    public void Dispose() => _starting.Dispose();

    private async Task<IBusControl> BusAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _bus) is { } standing)
            return standing;
        await _starting.WaitAsync(stop);
        try
        {
            if (_bus is { } other)
                return other;
            var bus = Bus.Factory.CreateUsingRabbitMq(rabbit => rabbit.Host(Messaging.Broker(configuration)));
            await bus.StartAsync(stop);
            return _bus = bus;
        }
        finally
        {
            _starting.Release();
        }
    }

    private void ThrowAway(IBusControl silent)
    {
        // While the broker is away a new one would be as silent.
        if (!IsBrokerThere || Interlocked.CompareExchange(ref _bus, null, silent) != silent)
            return;
        Silent(log);
        _replaced.Add(1);
        _ = StopAsync(silent);
    }

    private static async Task StopAsync(IBusControl bus)
    {
        try
        {
            using var limit = new CancellationTokenSource(StopLimit);
            await bus.StopAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // It sends nothing any more, whatever becomes of its connection.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The broker is there and confirms nothing; a new connection is made")]
    private static partial void Silent(ILogger log);
}
