using System.Collections.Concurrent;
using MassTransit;

namespace Testing;

/// <summary>Plays the other services on a broker: publishes what they would, and collects what they would receive.</summary>
public sealed class TestBus : IAsyncDisposable
{
    private readonly IBusControl _bus;
    private readonly ConcurrentQueue<object> _received = new();

    private TestBus(string broker, IReadOnlyList<Type> receives, bool canBeSentTo)
    {
        _bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(new Uri(broker));
            rabbit.ReceiveEndpoint(Queue, endpoint =>
            {
                endpoint.AutoDelete = !canBeSentTo;
                foreach (var type in receives)
                    typeof(TestBus).GetMethod(nameof(Collect), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!
                        .MakeGenericMethod(type).Invoke(this, [endpoint]);
            });
        });
    }

    /// <summary>Where it collects; a message can be sent to it alone.</summary>
    public string Queue { get; } = $"test-{Guid.CreateVersion7():n}";

    /// <param name="broker">Address of a virtual host.</param>
    /// <param name="receives">Message types that it collects.</param>
    /// <param name="canBeSentTo">Its queue stays after it, as a service's does: for a virtual host of the test's own.</param>
    public static async Task<TestBus> StartAsync(string broker, IReadOnlyList<Type> receives, bool canBeSentTo = false)
    {
        var bus = new TestBus(broker, receives, canBeSentTo);
        await bus._bus.StartAsync();
        return bus;
    }

    /// <summary>Everything of one type so far, repeats included.</summary>
    public IReadOnlyList<T> Received<T>() => [.. _received.OfType<T>()];

    /// <summary>The first message of one type that passes; waits for it.</summary>
    public async Task<T> GetAsync<T>(Func<T, bool> passes)
        where T : class => (await Eventually.GetAsync(() => Task.FromResult(Received<T>().FirstOrDefault(passes)), message => message is not null))!;

    public Task PublishAsync<T>(T message, Guid? messageId = null)
        where T : class => _bus.Publish(message, context =>
        {
            if (messageId is { } id)
                context.MessageId = id;
            if (context.TryGetPayload(out RabbitMqSendContext? rabbit))
                rabbit.Mandatory = true;
        });

    public async ValueTask DisposeAsync() => await _bus.StopAsync();

    private void Collect<T>(IReceiveEndpointConfigurator endpoint)
        where T : class => endpoint.Handler<T>(context =>
        {
            _received.Enqueue(context.Message);
            return Task.CompletedTask;
        });
}
