using InboundSms.Storage;
using ServiceDefaults.Sms;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive;

/// <summary>
/// The providers' door. 2xx is given only when the message is durable; a repeat is a success that changes nothing (SMS-1).
/// </summary>
internal static partial class ReceiveSms
{
    public static void Map(IEndpointRouteBuilder app)
    {
        const string Door = "/webhooks/sms/{channel}";
        Describe(app.MapPost(Door, Handle).WithName(nameof(ReceiveSms)).WithSummary("A provider delivers citizens' SMS, in the provider's own contract"));
        Describe(app.MapGet(Door, Handle).WithName($"{nameof(ReceiveSms)}ByGet").WithSummary("The same by GET, where the provider's contract knows it; else 405")
            .Produces(StatusCodes.Status405MethodNotAllowed));
    }

    private static void Describe(RouteHandlerBuilder door) => door.WithTags("Webhooks")
        .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status400BadRequest).Produces(StatusCodes.Status401Unauthorized)
        .Produces(StatusCodes.Status404NotFound).Produces(StatusCodes.Status413PayloadTooLarge).Produces(StatusCodes.Status503ServiceUnavailable)
        .IsWebhookDoor();

    internal static async Task<IResult> Handle(
        string channel, HttpRequest request, Channels channels, IEnumerable<IInboundProvider> providers, Intake intake, Quarantine quarantine,
        TimeProvider clock, ILogger<Message> log, CancellationToken stop)
    {
        if (channels.Find(channel) is not { } options || providers.FirstOrDefault(provider => provider.Type == options.Type) is not { } provider)
            return TypedResults.StatusCode(StatusCodes.Status404NotFound);
        if (HttpMethods.IsGet(request.Method) && !provider.TakesGet)
        {
            request.HttpContext.Response.Headers.Allow = HttpMethods.Post;
            return TypedResults.StatusCode(StatusCodes.Status405MethodNotAllowed);
        }

        if (await WebhookBody.ReadAsync(request, stop) is not { } body)
            return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);

        var call = new WebhookCall(request.Method, request.Headers, request.Query, request.QueryString.Value ?? "", request.ContentType, body);
        switch (provider.Read(options, call, clock.GetUtcNow()))
        {
            case Reading.Unauthentic unauthentic:
                Refused(log, channel, unauthentic.Reason);
                await quarantine.KeepAsync(channel, unauthentic.Reason, call.Whole, isProved: false, stop);
                return TypedResults.StatusCode(StatusCodes.Status401Unauthorized);
            case Reading.Malformed malformed:
                Refused(log, channel, malformed.Reason);
                await quarantine.KeepAsync(channel, malformed.Reason, call.Whole, isProved: false, stop);
                return TypedResults.StatusCode(StatusCodes.Status400BadRequest);
            case Reading.Accepted accepted:
                // All or no 2xx: the provider repeats the whole call, and what was stored of it is a repeat then.
                var writing = Task.WhenAll(accepted.Messages.Select(sms => intake.WriteAsync(channel, sms, stop)));
                await Task.WhenAll([writing, .. accepted.Refused.Select(refused => intake.RefuseAsync(channel, refused, stop))]);
                var written = await writing;
                foreach (var refused in accepted.Refused)
                    Refused(log, channel, refused.Reason);
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
