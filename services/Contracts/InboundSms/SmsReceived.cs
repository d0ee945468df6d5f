namespace Contracts.InboundSms;

/// <summary>
/// A citizen's SMS is durable and waits to be routed. A doorbell: words and number stay in the database of InboundSms.
/// </summary>
public sealed record SmsReceived
{
    public required Guid MessageId { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
}
