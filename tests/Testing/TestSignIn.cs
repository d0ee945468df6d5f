using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Directory;
using ServiceDefaults.SignIn;

namespace Testing;

/// <summary>Stands where Directory stands for a service that is tested alone: a signing key whose public half the service knows.</summary>
public sealed class TestSignIn : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SigningKey PublicKey
    {
        get
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return new() { KeyId = "test", X = Base64Url.EncodeToString(point.X), Y = Base64Url.EncodeToString(point.Y) };
        }
    }

    /// <summary>Writes the copy of the sign-in state that Directory's event would have made.</summary>
    public Task PublishAsync(TestDatabase database, DateTimeOffset at, params Guid[] revokedSessions) => database.ExecuteAsync($"""
        insert into sign_in_state (id, at, keys, revoked_sessions)
        values (1, '{at:O}', '{JsonSerializer.Serialize(new[] { PublicKey })}', '{JsonSerializer.Serialize(revokedSessions)}')
        on conflict (id) do update set at = excluded.at, keys = excluded.keys, revoked_sessions = excluded.revoked_sessions
        """);

    /// <summary>Makes the key one of Directory's own, which believes no other; it is told to everybody with the next heartbeat.</summary>
    public Task BecomeKeyOfDirectoryAsync(TestDatabase directory, string password, DateTimeOffset now)
    {
        var encrypted = _key.ExportEncryptedPkcs8PrivateKey(password, new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 1));
        return directory.ExecuteAsync($"""
            insert into signing_key (key_id, private_key, x, y, signs_from)
            values ('{PublicKey.KeyId}', '\x{Convert.ToHexString(encrypted)}', '{PublicKey.X}', '{PublicKey.Y}', '{now:O}')
            """);
    }

    public string ApplicationToken(DateTimeOffset now, params string[] scopes) => ApplicationToken(now, Guid.CreateVersion7(), scopes);

    public string ApplicationToken(DateTimeOffset now, Guid application, params string[] scopes) => AccessTokens.Sign(
        new(application, Guid.CreateVersion7(), null, [], scopes), "test", _key, now).Token;

    /// <summary>Of an account whose owner has yet to set it up.</summary>
    public string SettingUpToken(DateTimeOffset now) => AccessTokens.Sign(
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), null, [], IsSettingUp: true), "test", _key, now).Token;

    public string Token(DateTimeOffset now, Guid? officialId = null, Guid? sessionId = null, params string[] roles) => AccessTokens.Sign(
        new(officialId ?? Guid.CreateVersion7(), sessionId ?? Guid.CreateVersion7(), officialId, roles), "test", _key, now).Token;

    public AuthenticationHeaderValue Header(DateTimeOffset now, Guid? officialId = null, params string[] roles) =>
        new("Bearer", Token(now, officialId, null, roles));

    public void Dispose() => _key.Dispose();
}
