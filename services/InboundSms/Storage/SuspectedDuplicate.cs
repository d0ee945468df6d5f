namespace InboundSms.Storage;

/// <summary>What a person decided about a message that came twice.</summary>
public enum DuplicateVerdict
{
    /// <summary>The network, or the citizen, said the same thing twice.</summary>
    Duplicate,
    /// <summary>It is meant as it came: a case of its own.</summary>
    OwnMatter,
}

/// <summary>A message with the words of another one of the same number, moments apart.</summary>
internal sealed class SuspectedDuplicate
{
    public required Guid MessageId { get; init; }
    public required Guid OriginalId { get; init; }
    public required DateTimeOffset FoundAt { get; init; }
    public DuplicateVerdict? Verdict { get; set; }
    public string? DecidedBy { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
}
