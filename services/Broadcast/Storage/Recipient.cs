namespace Broadcast.Storage;

/// <summary>What became of one recipient's SMS. Every recipient of the frozen list is in exactly one of them, always.</summary>
public enum RecipientState
{
    /// <summary>Nothing has been ordered yet.</summary>
    Listed,
    /// <summary>Notification has the order; pending.</summary>
    Ordered,
    Delivered,
    Failed,
    /// <summary>Will get none; the reason says why.</summary>
    Skipped,
    /// <summary>Taken back before any provider had it.</summary>
    Withdrawn,
}

/// <summary>One person of a frozen list. Personal data: name and number.</summary>
public sealed class Recipient
{
    public Guid BroadcastId { get; init; }
    public int Revision { get; init; }
    public Guid OfficialId { get; init; }
    /// <summary>The post by which he is in; null: as a person.</summary>
    public Guid? PositionId { get; init; }
    public string Name { get; init; } = "";
    public string? Title { get; init; }
    public string? UnitCode { get; init; }
    /// <summary>E.164; null when none is registered, and after retention.</summary>
    public string? Number { get; init; }
    /// <summary>Labels of the rules by which he is in.</summary>
    public List<string> Reasons { get; init; } = [];
    public RecipientState State { get; set; }
    /// <summary><c>left-office</c>, <c>no-number</c>, <c>same-number</c>, <c>not-mobile</c>.</summary>
    public string? SkipReason { get; set; }
    /// <summary>He came after the approval; it was decided that such people receive too.</summary>
    public bool IsArrival { get; init; }
    /// <summary>Somebody else of the list has the same number and gets none of his own: the text names nobody.</summary>
    public bool IsShared { get; init; }
    public int Segments { get; init; }
    public int? Chunk { get; set; }
    public Guid? SmsId { get; set; }
    /// <summary>Of the last DeliveryStatusChanged.</summary>
    public long StatusVersion { get; set; }
    public bool AtOperator { get; set; }
    public bool IsUncertain { get; set; }
    public string? Failure { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
}
