using System.Diagnostics;
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
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    // Closing a silent connection takes the library's own time limits one after the other; nobody waits for it.
    private static readonly TimeSpan AbandonLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestTrial = TimeSpan.FromMinutes(5);

    private readonly Counter<long> _replaced =
        meters.Create(Telemetry.Name).CreateCounter<long>("platform.bus.replaced", "{bus}", "Sending buses thrown away because the broker, though there, confirmed nothing");
    private readonly SemaphoreSlim _starting = new(1);
    private IBusControl? _bus;
    private long _madeAt;
    private long _confirmedAt;
    private int _silentInARow;
    private volatile bool _isStopped;

    /// <summary>Hundreds of messages that wait for a connection would keep the process busy with reconnecting.</summary>
    internal bool IsBrokerThere => consuming.CheckHealth().Status == BusHealthStatus.Healthy;

    /// <summary>Ends when the consumers are connected.</summary>
    internal Task WaitForBrokerAsync(CancellationToken stop) => consuming.WaitForHealthStatus(BusHealthStatus.Healthy, stop);

    /// <summary>Publishes what is worth nothing when the next one comes: no outbox, no second try.</summary>
    /// <param name="message">The event.</param>
    /// <param name="keptFor">How long it may wait in a queue.</param>
    /// <param name="stop">Given up as well after ten seconds.</param>
    /// <returns>Null, or the name of what went wrong.</returns>
    public async Task<string?> TellAsync<T>(T message, TimeSpan? keptFor, CancellationToken stop)
        where T : class
    {
        // Not "is not healthy": one queue that is degraded must not silence the sign-in state.
        if (consuming.CheckHealth().Status == BusHealthStatus.Unhealthy)
            return nameof(BusHealthStatus.Unhealthy);
        try
        {
            await HandOverAsync((bus, limit) => bus.Publish(message, context => context.TimeToLive = keptFor, limit), stop);
            return null;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // The broker is away, in one of the many ways in which it can be.
            return fault.GetType().Name;
        }
    }

    /// <summary>Ends with the broker's confirmation, or with a fault after ten seconds, however long the library would wait for a message that a broker's death has caught.</summary>
    internal async Task HandOverAsync(Func<IBus, CancellationToken, Task> handOver, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        var bus = await BusAsync(limit.Token);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await handOver(bus, limit.Token).WaitAsync(limit.Token);
            Volatile.Write(ref _confirmedAt, Stopwatch.GetTimestamp());
            Volatile.Write(ref _silentInARow, 0);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            ThrowAway(bus, begun);
            throw;
        }
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After all who send: it was registered before them.</summary>
    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        _isStopped = true;
        if (Interlocked.Exchange(ref _bus, null) is { } bus)
            await StopAsync(bus, StopLimit);
    }

    public void Dispose() => _starting.Dispose();

    private async Task<IBusControl> BusAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _bus) is { } standing)
            return standing;
        await _starting.WaitAsync(stop);
        try
        {
            ObjectDisposedException.ThrowIf(_isStopped, this);
            if (_bus is { } other)
                return other;
            var bus = Bus.Factory.CreateUsingRabbitMq(rabbit => rabbit.Host(Messaging.Broker(configuration)));
            await bus.StartAsync(stop);
            if (stop.IsCancellationRequested)
            {
                // The library may have stopped it, and says nothing.
                await StopAsync(bus, StopLimit);
                stop.ThrowIfCancellationRequested();
            }

            Volatile.Write(ref _madeAt, Stopwatch.GetTimestamp());
            return _bus = bus;
        }
        finally
        {
            _starting.Release();
        }
    }

    private void ThrowAway(IBusControl silent, long begun)
    {
        // While the broker is away a new one would be as silent; so it would while the broker, short of memory or disk, reads nothing from whoever sends, and each costs it more.
        var trial = TimeSpan.FromSeconds(Math.Min(5 * ((1 << Math.Min(Volatile.Read(ref _silentInARow), 6)) - 1), LongestTrial.TotalSeconds));
        if (!IsBrokerThere || Volatile.Read(ref _confirmedAt) > begun || Stopwatch.GetElapsedTime(Volatile.Read(ref _madeAt)) < trial
            || Interlocked.CompareExchange(ref _bus, null, silent) != silent)
            return;
        Interlocked.Increment(ref _silentInARow);
        Silent(log);
        _replaced.Add(1);
        _ = StopAsync(silent, AbandonLimit);
    }

    private static async Task StopAsync(IBusControl bus, TimeSpan atMost)
    {
        try
        {
            using var limit = new CancellationTokenSource(atMost);
            await bus.StopAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // It sends nothing any more, whatever becomes of its connection.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The broker is there and confirms nothing that is sent to it; a new connection is made. Where it is short of memory or disk that will not help")]
    private static partial void Silent(ILogger log);
}
