using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ServiceDefaults.Messaging.Parked;

/// <summary>
/// What a consumer gave up after its tries waits in <c>&lt;queue&gt;_error</c>, for the Administrator to see and to give back once the cause is mended.
/// </summary>
public static class ParkedMessages
{
    internal const string ErrorSuffix = "_error";

    /// <summary>Maps <c>GET …/parked-messages</c> and <c>POST …/parked-messages/{queue}/{messageId}/replay</c> below a service's path.</summary>
    public static void MapParkedMessages(this IEndpointRouteBuilder app, string path)
    {
        var group = app.MapGroup($"{path}/parked-messages").WithTags("Operations")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        ListParkedMessages.Map(group);
        ReplayParkedMessage.Map(group);
    }

    /// <summary>A connection of its own: looking and giving back are rare, and must not disturb the consumers'.</summary>
    internal static async Task<IConnection> ConnectAsync(IConfiguration configuration, CancellationToken stop) =>
        await new ConnectionFactory
        {
            Uri = new Uri(configuration.GetConnectionString("rabbitmq")!),
            RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
        }.CreateConnectionAsync("parked-messages", stop);

    /// <summary>The error queue is made with its first message. Asking for a queue that is not there closes the channel, hence one of its own.</summary>
    internal static async Task<bool> HasErrorQueueAsync(this IConnection connection, string queue, CancellationToken stop)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        try
        {
            await channel.QueueDeclarePassiveAsync(queue + ErrorSuffix, stop);
            return true;
        }
        catch (OperationInterruptedException)
        {
            return false;
        }
    }
}

/// <summary>Queues of this service's consumers.</summary>
internal sealed class ConsumerQueues
{
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);

    public void Add(string queue)
    {
        lock (_names)
            _names.Add(queue);
    }

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_names)
                return [.. _names];
        }
    }
}
