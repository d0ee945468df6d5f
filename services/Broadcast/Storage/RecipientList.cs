namespace Broadcast.Storage;

/// <summary>An own list of recipients: posts and people.</summary>
public sealed class RecipientList
{
    public Guid Id { get; init; }
    public string Name { get; set; } = "";
    public string CreatedBy { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; set; }
    public long Version { get; set; }
}

/// <summary>A post or a person in a list, during <c>[AddedAt, RemovedAt)</c>.</summary>
public sealed class RecipientListEntry
{
    public Guid Id { get; init; }
    public Guid ListId { get; init; }
    /// <summary>Whoever holds it receives.</summary>
    public Guid? PositionId { get; init; }
    /// <summary>He receives, whatever he holds.</summary>
    public Guid? OfficialId { get; init; }
    public string AddedBy { get; init; } = "";
    public DateTimeOffset AddedAt { get; init; }
    public string? RemovedBy { get; init; }
    public DateTimeOffset? RemovedAt { get; init; }
}
