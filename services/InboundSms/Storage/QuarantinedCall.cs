namespace InboundSms.Storage;

/// <summary>What a door refused, or what a provider proved and nobody could read; for a person to look at.</summary>
internal sealed class QuarantinedCall
{
    public required long Id { get; init; }
    /// <summary>Its name for people.</summary>
    public required Guid EntryId { get; init; }
    public required string Channel { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required byte[] Body { get; init; }
    /// <summary>It comes from the provider: it was acknowledged, and comes no more.</summary>
    public required bool IsProved { get; init; }
}
