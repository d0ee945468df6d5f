using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Directory;

namespace ServiceDefaults.SignIn;

/// <summary>What an access token says.</summary>
/// <param name="AccountId">Claim <c>sub</c>: the account, or the application.</param>
/// <param name="SessionId">Claim <c>sid</c>; revocation is by session. An application's is the id of the key that it showed.</param>
/// <param name="OfficialId">Claim <c>official</c>; null for an account without a person in the directory, such as the first administrator.</param>
/// <param name="Roles">Claim <c>roles</c>; an application has none.</param>
/// <param name="Scopes">Claim <c>scope</c>, separated by spaces (RFC 8693 4.2); null for a person. An application's token also has <c>client_id</c> (RFC 9068 2.2).</param>
/// <param name="IsSettingUp">
/// The owner has yet to choose a password or to enrol a second factor, and can do nothing else: claim <c>aud</c> is another, so that every door but those refuses.
/// </param>
public sealed record AccessTokenContent(
    Guid AccountId, Guid SessionId, Guid? OfficialId, IReadOnlyList<string> Roles, IReadOnlyList<string>? Scopes = null, bool IsSettingUp = false);

/// <summary>
/// Access tokens: JWT in JWS compact form (RFC 7515, 7519), ES256 and nothing else, five minutes. Signed by Directory alone; everybody verifies with
/// public keys. Written out here because no token library restores on every feed; the rules are few and each has a test.
/// </summary>
public static class AccessTokens
{
    public const string Issuer = "directory";
    public const string Audience = "platform";
    private const string SetUpAudience = "set-up";
    private const int LongestToken = 4096;
    private const int SignatureBytes = 64;

    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(5);

    // Clocks of two machines differ a little; more than this is a fault of the clock.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    private sealed record Header(string Alg, string Typ, string Kid);

    private sealed record Claims(
        string Iss, string Aud, Guid Sub, Guid Sid, Guid? Official, IReadOnlyList<string> Roles, long Iat, long Nbf, long Exp,
        [property: JsonPropertyName("client_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? ClientId = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Scope = null);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Directory's part: a signed token and the instant at which it ends.</summary>
    public static (string Token, DateTimeOffset ExpiresAt) Sign(AccessTokenContent content, string keyId, ECDsa privateKey, DateTimeOffset now)
    {
        var expiresAt = now + Lifetime;
        var header = Encode(new Header("ES256", "at+jwt", keyId));
        var claims = Encode(new Claims(Issuer, content.IsSettingUp ? SetUpAudience : Audience, content.AccountId, content.SessionId, content.OfficialId, content.Roles,
            now.ToUnixTimeSeconds(), now.ToUnixTimeSeconds(), expiresAt.ToUnixTimeSeconds(),
            content.Scopes is null ? null : content.AccountId, content.Scopes is null ? null : string.Join(' ', content.Scopes)));
        var signed = $"{header}.{claims}";
        var signature = privateKey.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return ($"{signed}.{Base64Url.EncodeToString(signature)}", expiresAt);
    }

    /// <summary>The content of a valid token, or null. The algorithm is never chosen by the token; an unknown key is a refusal.</summary>
    /// <param name="token">Compact form.</param>
    /// <param name="keys">Public keys by key id.</param>
    /// <param name="now">The verifier's clock.</param>
    /// <param name="alsoSettingUp">For the doors where an account is set up.</param>
    public static AccessTokenContent? Verify(string token, IReadOnlyDictionary<string, ECDsa> keys, DateTimeOffset now, bool alsoSettingUp = false)
    {
        if (token.Length > LongestToken || token.Split('.') is not [var headerPart, var claimsPart, var signaturePart])
            return null;
        if (Decode<Header>(headerPart) is not { Alg: "ES256", Typ: "at+jwt" } header || !keys.TryGetValue(header.Kid, out var key))
            return null;
        if (Bytes(signaturePart) is not { Length: SignatureBytes } signature)
            return null;
        if (!key.VerifyData(Encoding.ASCII.GetBytes($"{headerPart}.{claimsPart}"), signature, HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
            return null;
        if (Decode<Claims>(claimsPart) is not { Iss: Issuer } claims)
            return null;
        var isSettingUp = alsoSettingUp && claims.Aud == SetUpAudience;
        if (!isSettingUp && claims.Aud != Audience)
            return null;

        var seconds = now.ToUnixTimeSeconds();
        var skew = (long)Skew.TotalSeconds;
        var inTime = claims.Nbf <= seconds + skew && claims.Iat <= seconds + skew && seconds < claims.Exp + skew
            && claims.Exp - claims.Iat <= (long)Lifetime.TotalSeconds;
        return inTime ? new(claims.Sub, claims.Sid, claims.Official, claims.Roles, claims.ClientId is null ? null : claims.Scope?.Split(' ') ?? [], isSettingUp) : null;
    }

    /// <summary>A public key from its coordinates.</summary>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static ECDsa PublicKey(SigningKey key) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64Url.DecodeFromChars(key.X), Y = Base64Url.DecodeFromChars(key.Y) },
    });

    private static string Encode<T>(T part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part, Json));

    private static T? Decode<T>(string part)
        where T : class
    {
        try
        {
            return Bytes(part) is { } bytes ? JsonSerializer.Deserialize<T>(bytes, Json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null unless the text is the one base64url spelling of its bytes: no padding, no white space, no loose trailing bits.</summary>
    private static byte[]? Bytes(string part)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(part);
            return Base64Url.EncodeToString(bytes) == part ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
