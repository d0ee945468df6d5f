namespace Contracts.InboundSms;

/// <summary>
/// Somebody wrote STOP alone, or took it back: no automatic messages to this number. InboundSms does not know whether it is an official's; whoever knows officials'
/// numbers knows this one by the same pseudonym.
/// </summary>
public sealed record NumberOptedOut
{
    /// <summary>Of InboundSms; a repeat has the same.</summary>
    public required Guid MessageId { get; init; }
    public required string SenderPseudonym { get; init; }
    /// <summary>False: taken back.</summary>
    public required bool IsOut { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
}
