using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.Webhooks;

/// <summary>
/// The generic contract's signature: HMAC-SHA256 over <c>id.timestamp.body</c>, the raw bytes, as the Standard Webhooks specification has it. Secrets are
/// <c>whsec_</c> and Base64; the header may hold several signatures, during rotation of the sender's key.
/// </summary>
public static class StandardWebhooks
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";
    private const string SecretPrefix = "whsec_";
    private const string Scheme = "v1,";
    private const int MostSignatures = 10;

    /// <summary>How far the sender's clock may be from ours: older is a replay.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);

    /// <param name="secrets">Valid secrets, two during rotation.</param>
    /// <param name="id">Header <see cref="IdHeader"/>.</param>
    /// <param name="timestamp">Header <see cref="TimestampHeader"/>, Unix seconds.</param>
    /// <param name="signatures">Header <see cref="SignatureHeader"/>.</param>
    /// <param name="body">As received.</param>
    /// <param name="now">Our clock.</param>
    public static bool IsValid(
        IEnumerable<string> secrets, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(id) || id.Length > 256 || signatures is null
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)Tolerance.TotalSeconds)
            return false;

        var isValid = false;
        foreach (var secret in secrets)
        {
            var expected = Encoding.ASCII.GetBytes(Sign(secret, id, timestamp!, body));
            foreach (var signature in signatures.Split(' ', MostSignatures + 1).Take(MostSignatures))
                isValid |= CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature));
        }

        return isValid;
    }

    /// <summary>One signature, as it stands in <see cref="SignatureHeader"/>; several are separated by a space.</summary>
    public static string Sign(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return Scheme + Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret), signed));
    }

    /// <summary>24 to 64 bytes, as the specification asks.</summary>
    public static bool IsSecret(string secret)
    {
        try
        {
            return KeyOf(secret).Length is >= 24 and <= 64;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <exception cref="FormatException">The secret is not <c>whsec_</c> and Base64.</exception>
    public static byte[] KeyOf(string secret) => secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
        ? Convert.FromBase64String(secret[SecretPrefix.Length..])
        : throw new FormatException($"A secret of a generic channel begins with {SecretPrefix}.");
}
