namespace Directory.Storage;

/// <summary>What other services copy, in the order in which a snapshot sends it.</summary>
internal enum CopiedKind
{
    Unit,
    Position,
    Assignment,
    Official,
    GrantedRoles,
    Contact,
}

/// <summary>A copy in another service that is being sent everything, and how far that has come.</summary>
internal sealed class Snapshot
{
    public required string Queue { get; init; }
    public required CopiedKind Kind { get; set; }
    /// <summary>The last row of the kind that has been sent.</summary>
    public Guid AfterId { get; set; }
    public long RowsSent { get; set; }
    public required DateTimeOffset StartedAt { get; init; }
}
