using InboundSms.Storage;
using ServiceDefaults.Sms;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive;

/// <summary>
/// The providers' door. 2xx is given only when the message is durable; a repeat is a success that changes nothing (SMS-1).
/// </summary>
internal static partial class ReceiveSms
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/webhooks/sms/{channel}", Handle)
        .WithName(nameof(ReceiveSms)).WithTags("Webhooks").WithSummary("A provider delivers a citizen's SMS, in the provider's own contract")
        .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status400BadRequest).Produces(StatusCodes.Status401Unauthorized)
        .Produces(StatusCodes.Status404NotFound).Produces(StatusCodes.Status413PayloadTooLarge).Produces(StatusCodes.Status503ServiceUnavailable)
        .IsWebhookDoor();

    internal static async Task<IResult> Handle(
        string channel, HttpRequest request, Channels channels, IEnumerable<IInboundProvider> providers, Intake intake, Quarantine quarantine,
        TimeProvider clock, ILogger<Message> log, CancellationToken stop)
    {
        if (channels.Find(channel) is not { } options || providers.FirstOrDefault(provider => provider.Type == options.Type) is not { } provider)
            return TypedResults.StatusCode(StatusCodes.Status404NotFound);
        if (await WebhookBody.ReadAsync(request, stop) is not { } body)
            return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);

        var call = new WebhookCall(request.Headers, request.Query, request.QueryString.Value ?? "", request.ContentType, body);
        switch (provider.Read(options, call, clock.GetUtcNow()))
        {
            case Reading.Unauthentic unauthentic:
                Refused(log, channel, unauthentic.Reason);
                await quarantine.KeepAsync(channel, unauthentic.Reason, body, stop);
                return TypedResults.StatusCode(StatusCodes.Status401Unauthorized);
            case Reading.Malformed malformed:
                Refused(log, channel, malformed.Reason);
                await quarantine.KeepAsync(channel, malformed.Reason, body, stop);
                return TypedResults.StatusCode(StatusCodes.Status400BadRequest);
            case Reading.Accepted accepted:
                foreach (var refused in accepted.Refused)
                {
                    Refused(log, channel, refused.Reason);
                    await quarantine.KeepAsync(channel, refused.Reason, refused.Raw, stop);
                }

                // All or no 2xx: the provider repeats the whole call, and what was stored of it is a repeat then.
                var written = await Task.WhenAll(accepted.Messages.Select(sms => intake.WriteAsync(channel, sms, stop)));
                foreach (var (id, isDuplicate) in written)
                {
                    if (isDuplicate)
                        Repeated(log, channel);
                    else
                        Stored(log, id, channel);
                }

                return provider.Answer(written.Length > 0 && written.All(one => one.IsDuplicate));
            default:
                throw new InvalidOperationException("A reading that nobody foresaw.");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "SMS {MessageId} stored from channel {Channel}")]
    private static partial void Stored(ILogger log, Guid messageId, string channel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Channel {Channel} repeated a message")]
    private static partial void Repeated(ILogger log, string channel);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A call to channel {Channel} was refused: {Reason}")]
    private static partial void Refused(ILogger log, string channel, string reason);
}
