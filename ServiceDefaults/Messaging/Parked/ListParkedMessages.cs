using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Messaging.Parked;

/// <summary>Shows what is parked. Bodies are left out: they can hold numbers and words.</summary>
internal static class ListParkedMessages
{
    private const int MostShown = 200;

    /// <param name="Queue">Whose consumer failed.</param>
    /// <param name="MessageId">Stays the same when the message is given back.</param>
    /// <param name="Type">Contract.</param>
    /// <param name="Fault">Type of the exception.</param>
    /// <param name="FaultedAt">As the consumer noted it.</param>
    public sealed record Item(string Queue, string MessageId, string? Type, string? Fault, string? FaultedAt);

    public static void Map(RouteGroupBuilder group) => group.MapGet("/", HandleAsync)
        .WithName(nameof(ListParkedMessages)).WithSummary("Messages that a consumer gave up, oldest first, 200 at most")
        .RequirePermission(Permissions.ReadParkedMessages);

    private static async Task<Ok<Page<Item>>> HandleAsync(ConsumerQueues queues, IConfiguration configuration, CancellationToken stop)
    {
        await using var connection = await ParkedMessages.ConnectAsync(configuration, stop);
        var items = new List<Item>();
        foreach (var queue in queues.All)
        {
            if (!await connection.HasErrorQueueAsync(queue, stop))
                continue;
            // What is looked at and not acknowledged goes back to its place when the channel closes.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
            while (items.Count < MostShown && await channel.BasicGetAsync(queue + ParkedMessages.ErrorSuffix, autoAck: false, stop) is { } parked)
                items.Add(ItemOf(queue, parked.BasicProperties));
        }

        return TypedResults.Ok(new Page<Item>(items, Next: null));
    }

    private static Item ItemOf(string queue, IReadOnlyBasicProperties message) => new(
        queue, message.MessageId ?? "", Header(message, "MT-Fault-MessageType"), Header(message, "MT-Fault-ExceptionType"), Header(message, "MT-Fault-Timestamp"));

    private static string? Header(IReadOnlyBasicProperties message, string name) =>
        message.Headers?.TryGetValue(name, out var value) is true && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;
}
