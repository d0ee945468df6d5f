using Contracts.Directory;
using Microsoft.AspNetCore.Identity;

namespace Directory.Storage;

/// <summary>A login. Belongs to an official, or to nobody: the first administrator exists before the first official.</summary>
internal sealed class Account : IdentityUser<Guid>
{
    public Account() => Id = Guid.CreateVersion7();

    /// <summary>Set once: an account changes no hands.</summary>
    public Guid? OfficialId { get; set; }
    public Official? Official { get; init; }
    public List<string> Roles { get; set; } = [];
    public bool Enabled { get; set; } = true;
    /// <summary>Somebody else has set the password, so it opens nothing but the way to one of the owner's.</summary>
    public bool MustChangePassword { get; set; }
    /// <summary>Until here the account is open although its official holds no position; the Administrator says so.</summary>
    public DateTimeOffset? OpenUntil { get; set; }
    public long Version { get; set; } = 1;
    /// <summary>Of what other services copy: roles, and whether they count.</summary>
    public long RolesVersion { get; set; } = 1;

    public GrantedRolesChanged GrantedRolesChanged() => new() { OfficialId = OfficialId!.Value, Roles = Enabled ? Roles : [], Version = RolesVersion };
}

/// <summary>From a sign-in to its end. Access tokens name it, and are refused when it is revoked.</summary>
internal sealed class Session
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid AccountId { get; init; }
    public Account? Account { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset LastUsedAt { get; init; }
    /// <summary>Masked: enough to recognise one's own.</summary>
    public string? FromAddress { get; init; }
    public string? Device { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>An authenticator; counts from its confirmation on.</summary>
internal sealed class SecondFactor
{
    public required Guid AccountId { get; init; }
    /// <summary>Encrypted.</summary>
    public required byte[] Secret { get; init; }
    public DateTimeOffset? ConfirmedAt { get; set; }
    /// <summary>Of the last code that was used (RFC 6238 5.2: a code counts once).</summary>
    public long LastStep { get; set; }
}

/// <summary>SHA-256 of a code that replaces the authenticator once.</summary>
internal sealed class RecoveryCode
{
    public required byte[] Hash { get; init; }
    public required Guid AccountId { get; init; }
}

/// <summary>Somebody asks for a code, for a login that exists or not.</summary>
internal sealed class OneTimeCodeRequest
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string NormalizedUserLogin { get; init; }
    public required string FromAddress { get; init; }
    /// <summary>What the limit counts: <see cref="ServiceDefaults.CallerNetwork"/>.</summary>
    public required string Network { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? HandledAt { get; set; }
    /// <summary>When a code went out: then it counts for its login, until the owner has got in.</summary>
    public DateTimeOffset? SentAt { get; set; }
}

/// <summary>The code that was sent to an account's notice phone; a later one replaces it.</summary>
internal sealed class OneTimeCode
{
    public required Guid AccountId { get; init; }
    public required string Hash { get; set; }
    public required DateTimeOffset ExpiresAt { get; set; }
    public required int TriesLeft { get; set; }
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
