using Microsoft.AspNetCore.Identity;

namespace Directory.Storage;

/// <summary>A login. Belongs to an official, or to nobody: the first administrator exists before the first official.</summary>
internal sealed class Account : IdentityUser<Guid>
{
    public Account() => Id = Guid.CreateVersion7();

    public Guid? OfficialId { get; init; }
    public Official? Official { get; init; }
    public List<string> Roles { get; set; } = [];
    public bool Enabled { get; set; } = true;
    public long Version { get; set; } = 1;
}

/// <summary>From a sign-in to its end. Access tokens name it, and are refused when it is revoked.</summary>
internal sealed class Session
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid AccountId { get; init; }
    public Account? Account { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>SHA-256 of a refresh token: 256 random bits need no salt and no slow hash.</summary>
internal sealed class RefreshToken
{
    public required byte[] Hash { get; init; }
    public required Guid SessionId { get; init; }
    public Session? Session { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>A key pair on P-256.</summary>
internal sealed class SigningKeyRow
{
    public required string KeyId { get; init; }
    /// <summary>PKCS#8, encrypted.</summary>
    public required byte[] PrivateKey { get; init; }
    public required string X { get; init; }
    public required string Y { get; init; }
    /// <summary>Published from its creation, signs from here: by then every service has it.</summary>
    public required DateTimeOffset SignsFrom { get; init; }
}
