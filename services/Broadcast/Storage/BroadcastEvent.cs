namespace Broadcast.Storage;

/// <summary>Something happened to a broadcast; append-only, read by people and in its dossier.</summary>
public sealed class BroadcastEvent
{
    public long Seq { get; private init; }
    public Guid BroadcastId { get; init; }
    /// <summary>Name of the operation or of what happened by itself.</summary>
    public string Kind { get; init; } = "";
    /// <summary>Account, or <c>system</c>.</summary>
    public string Actor { get; init; } = "";
    public int Revision { get; init; }
    /// <summary>As JSON; nothing personal but ids.</summary>
    public string? Details { get; init; }
    public DateTimeOffset At { get; init; }
}
