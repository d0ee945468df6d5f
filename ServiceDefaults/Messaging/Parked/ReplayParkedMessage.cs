using System.ComponentModel.DataAnnotations;
using Contracts.Directory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Messaging.Parked;

/// <summary>
/// Gives a parked message back to the consumer that gave it up. Dying between the broker's confirm and the acknowledgement leaves a second copy; the inbox lets only one of
/// the two work. Of two administrators at once one finds it.
/// </summary>
internal static partial class ReplayParkedMessage
{
    public static void Map(RouteGroupBuilder group) => group.MapPost("/{queue}/{messageId:guid}/replay", HandleAsync)
        .WithName(nameof(ReplayParkedMessage)).WithSummary("Gives a message back to its consumer")
        .ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(Permissions.ReplayParkedMessages).RequireFreshSignIn();

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        [StringLength(128)] string queue, Guid messageId, ConsumerQueues queues, HttpContext http, DbContext db, IConfiguration configuration,
        TimeProvider clock, ILogger<ConsumerQueues> log, CancellationToken stop)
    {
        if (!queues.All.Contains(queue, StringComparer.Ordinal))
            return Problems.NotFound();
        await using var connection = await ParkedMessages.ConnectAsync(configuration, stop);
        if (!await connection.HasErrorQueueAsync(queue, stop))
            return Problems.NotFound();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), stop);
        while (await channel.BasicGetAsync(queue + ParkedMessages.ErrorSuffix, autoAck: false, stop) is { } parked)
        {
            if (!Guid.TryParse(parked.BasicProperties.MessageId, out var id) || id != messageId)
                continue;
            // First: nothing is given back that is not in the trail. Dying in between leaves an entry too many, and the message where it was.
            db.Publish(messageId, http.User.Actor, new WriteToAuditTrail
            {
                Act = nameof(ReplayParkedMessage),
                Actor = http.User.Actor,
                FromAddress = http.Connection.RemoteIpAddress?.ToString(),
                SubjectKind = "Message",
                SubjectId = messageId,
                At = clock.GetUtcNow(),
                Details = queue,
            });
            await db.SaveChangesAsync(stop);
            await channel.BasicPublishAsync("", queue, mandatory: true, WithoutFault(parked.BasicProperties), parked.Body, stop);
            await channel.BasicAckAsync(parked.DeliveryTag, multiple: false, stop);
            Replayed(log, messageId, queue);
            return TypedResults.NoContent();
        }

        return Problems.NotFound();
    }

    private static BasicProperties WithoutFault(IReadOnlyBasicProperties parked) => new(parked)
    {
        Headers = parked.Headers?.Where(header => !header.Key.StartsWith("MT-Fault", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Message {MessageId} was given back to {Queue}")]
    private static partial void Replayed(ILogger log, Guid messageId, string queue);
}
