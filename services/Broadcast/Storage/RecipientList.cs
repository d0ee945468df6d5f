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
