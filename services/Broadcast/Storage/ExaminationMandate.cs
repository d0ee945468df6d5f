namespace Broadcast.Storage;

/// <summary>The Chair lets one Secretary examine during <c>[ValidFrom, ValidTo)</c>. Its end is its only news.</summary>
public sealed class ExaminationMandate
{
    public Guid Id { get; init; }
    public Guid OfficialId { get; init; }
    public DateTimeOffset ValidFrom { get; init; }
    /// <summary>First instant that no longer counts.</summary>
    public DateTimeOffset ValidTo { get; init; }
    public string Reason { get; init; } = "";
    /// <summary>Account.</summary>
    public string GivenBy { get; init; } = "";
    public DateTimeOffset GivenAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? EndedBy { get; set; }
    public long Version { get; set; }
}
