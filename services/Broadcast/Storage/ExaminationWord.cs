namespace Broadcast.Storage;

/// <summary>Which question of the checklist a word belongs to (KOR 9(2,3)).</summary>
public enum ExaminationConcern
{
    Politeness,
    /// <summary>Of descent, faith, race or group.</summary>
    Discrimination,
    /// <summary>Of party politics.</summary>
    Neutrality,
}

/// <summary>A word that makes the examiner look twice. It forbids nothing: a person decides.</summary>
public sealed class ExaminationWord
{
    public Guid Id { get; init; }
    /// <summary>Lower case, one blank between several.</summary>
    public string Word { get; init; } = "";
    public ExaminationConcern Concern { get; init; }
    public string AddedBy { get; init; } = "";
    public DateTimeOffset AddedAt { get; init; }
    public string? RemovedBy { get; init; }
    public DateTimeOffset? RemovedAt { get; init; }
}
