namespace InboundSms.Storage;

/// <summary>Where a case stands.</summary>
public enum CaseStatus
{
    /// <summary>No keyword fitted; the secretariat's tray.</summary>
    Unassigned,
    /// <summary>In the inbox of a position, waiting for its answer.</summary>
    Open,
    /// <summary>An answer has been given; its delivery is a matter of its own.</summary>
    Answered,
    /// <summary>The answer finally failed to arrive: back on the list, with its record unchanged.</summary>
    AnswerFailed,
}

/// <summary>A citizen's matter: the message that opened it and those that joined it.</summary>
internal sealed class SmsCase
{
    public required Guid Id { get; init; }
    /// <summary>Told to people.</summary>
    public long Number { get; private set; }
    public required Guid FirstMessageId { get; init; }
    public Guid? PositionId { get; set; }
    public string? Keyword { get; set; }
    public required CaseStatus Status { get; set; }
    /// <summary>A message of the citizen began with RAHASIA: never published.</summary>
    public required bool IsSecret { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; set; }
    public long Version { get; set; }

    /// <summary>The clock of BJN 13 runs while an answer is missing.</summary>
    public bool IsOverdue(DateTimeOffset now) => AnsweredAt is null && DueAt < now;
}

/// <summary>Which case a message belongs to.</summary>
internal sealed class CaseMessage
{
    public required Guid MessageId { get; init; }
    public required Guid CaseId { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
}
