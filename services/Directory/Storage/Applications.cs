namespace Directory.Storage;

/// <summary>Another system that uses the platform (DIR-8). It proves itself by a key and gets what its scopes allow.</summary>
internal sealed class Application
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public required Guid OwnerUnitId { get; set; }
    public OrganizationUnit? OwnerUnit { get; init; }
    public required string ContactName { get; set; }
    public required string ContactEmail { get; set; }
    public List<string> Scopes { get; set; } = [];
    public DateTimeOffset? SuspendedAt { get; set; }
    public List<ApplicationKey> Keys { get; init; } = [];
    public long Version { get; set; } = 1;
}

/// <summary>SHA-256 of a key: 256 random bits need no salt and no slow hash. Its id is the session of the tokens that it is exchanged for.</summary>
internal sealed class ApplicationKey
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid ApplicationId { get; init; }
    public Application? Application { get; init; }
    /// <summary>1 or 2: so many can be valid at once.</summary>
    public required short Slot { get; init; }
    public required byte[] Hash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>Expiry, or revocation if that came first.</summary>
    public required DateTimeOffset EndsAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
