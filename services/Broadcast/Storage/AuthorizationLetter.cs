namespace Broadcast.Storage;

/// <summary>The written authority of an official to originate broadcasts (KOR 6a, 8, 10b). Only its end is news.</summary>
public sealed class AuthorizationLetter
{
    public Guid Id { get; init; }
    public Guid OfficialId { get; init; }
    public Guid GrantedByOfficialId { get; init; }
    public OriginatorBasis GrantedAs { get; init; }
    /// <summary>Number of the letter, of paper or of the e-office.</summary>
    public string Reference { get; init; } = "";
    public string Subject { get; init; } = "";
    /// <summary>Empty: every kind.</summary>
    public List<string> Kinds { get; init; } = [];
    /// <summary>Recipients come from below these units; empty: from the whole city.</summary>
    public List<Guid> UnitIds { get; init; } = [];
    public DateTimeOffset ValidFrom { get; init; }
    /// <summary>First instant that no longer counts.</summary>
    public DateTimeOffset ValidTo { get; init; }
    /// <summary>The scanned letter; null where the reference is the e-office's.</summary>
    public byte[]? Document { get; init; }
    public string? DocumentType { get; init; }
    public byte[]? DocumentSha256 { get; init; }
    public string RegisteredBy { get; init; } = "";
    public DateTimeOffset RegisteredAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
    public string? RevokedBy { get; set; }
    public string? RevokedReason { get; set; }
    public long Version { get; set; }
}
