namespace Contracts.InboundSms;

/// <summary>
/// Somebody answered a coordination SMS by SMS, with its code (KOR 7(6)). InboundSms knows no official's number and Broadcast no citizen's: both know a number by the
/// same pseudonym. Personal data: the text, and who wrote it where that is found out.
/// </summary>
public sealed record OfficialAnswered
{
    /// <summary>Of InboundSms, where the words as they came are kept; a repeat has the same.</summary>
    public required Guid MessageId { get; init; }
    /// <summary>Behind the code; whether a broadcast has it is not known there.</summary>
    public required long Number { get; init; }
    public required string SenderPseudonym { get; init; }
    /// <summary>What stood behind code and number; may be empty.</summary>
    public required string Text { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
}
