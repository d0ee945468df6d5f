using System.Security.Cryptography;
using Directory.Storage;
using Microsoft.Extensions.Options;

namespace Directory.SignIn;

/// <summary>Authenticator secrets as they are stored: encrypted (AES-GCM), so that a copy of the database alone holds no second factor.</summary>
public sealed class AuthenticatorSecrets(IOptions<TokenOptions> options)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Slow on purpose, as for the signing keys; once per process.
    private readonly Lazy<byte[]> _key = new(() => Rfc2898DeriveBytes.Pbkdf2(
        options.Value.KeyPassword, "platform.authenticator-secrets"u8, iterations: 210_000, HashAlgorithmName.SHA256, outputLength: 32));

    /// <summary>Bound to its account: copied into another row it does not open.</summary>
    internal byte[] Seal(Guid accountId, byte[] secret)
    {
        var stored = new byte[NonceBytes + TagBytes + secret.Length];
        RandomNumberGenerator.Fill(stored.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Encrypt(stored.AsSpan(0, NonceBytes), secret, stored.AsSpan(NonceBytes + TagBytes), stored.AsSpan(NonceBytes, TagBytes), accountId.ToByteArray());
        return stored;
    }

    /// <exception cref="CryptographicException">Another password, another account, or altered.</exception>
    internal byte[] Open(SecondFactor factor)
    {
        var stored = factor.Secret.AsSpan();
        var secret = new byte[stored.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Decrypt(stored[..NonceBytes], stored[(NonceBytes + TagBytes)..], stored.Slice(NonceBytes, TagBytes), secret, factor.AccountId.ToByteArray());
        return secret;
    }
}
