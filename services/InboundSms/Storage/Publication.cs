using NpgsqlTypes;

namespace InboundSms.Storage;

/// <summary>The public showing of a question and its answer: the originals with spans masked, from an instant on.</summary>
internal sealed class Publication
{
    public required Guid AnswerId { get; init; }
    public required Guid CaseId { get; init; }
    /// <summary>Start and length of each masked span, one after the other.</summary>
    public required int[] QuestionMasks { get; set; }
    public required int[] AnswerMasks { get; set; }
    public required DateTimeOffset PublishAt { get; set; }
    /// <summary>Something in it only a person can judge; it waits until one has.</summary>
    public required bool NeedsReview { get; set; }
    public DateTimeOffset? ReviewedAt { get; set; }
    public DateTimeOffset? TakenDownAt { get; set; }
    /// <summary>Public since; null while it is not.</summary>
    public DateTimeOffset? PublishedAt { get; set; }
    public long Version { get; set; }

    public bool WaitsForReview => NeedsReview && ReviewedAt is null;
}

/// <summary>What was shown and hidden each time it became public; never changed.</summary>
internal sealed class PublicationProof
{
    public required Guid Id { get; init; }
    public required Guid AnswerId { get; init; }
    public required int[] QuestionMasks { get; init; }
    public required int[] AnswerMasks { get; init; }
    public required byte[] Commitment { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
}

/// <summary>What everybody may read and search: masked text alone. Made anew from publications at any time.</summary>
internal sealed class PublicCase
{
    public required Guid AnswerId { get; init; }
    public required Guid CaseId { get; init; }
    public required Guid MessageId { get; init; }
    /// <summary>The unit that answered.</summary>
    public required Guid? UnitId { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required DateTimeOffset AnsweredAt { get; init; }
    public required DateTimeOffset PublishAt { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
    public required string Question { get; set; }
    public required string Answer { get; set; }
    public NpgsqlTsVector Words { get; private set; } = null!;
}
