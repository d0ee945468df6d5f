namespace Broadcast.Storage;

/// <summary>A text to begin a wording with. What was sent has its own words, so that a template may change.</summary>
public sealed class BroadcastTemplate
{
    public Guid Id { get; init; }
    public string Name { get; set; } = "";
    public BroadcastKind Kind { get; set; }
    public string Text { get; set; } = "";
    public string CreatedBy { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RetiredAt { get; set; }
    public long Version { get; set; }
}
