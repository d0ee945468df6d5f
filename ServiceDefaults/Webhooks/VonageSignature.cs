using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.Webhooks;

/// <summary>How an account at Vonage signs; its support sets it. The names are Vonage's.</summary>
public enum VonageSignatureMethod
{
    /// <summary>MD5 over the parameters and the secret.</summary>
    Md5Hash = 1,
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

/// <summary>
/// Parameter <c>sig</c> of Vonage's webhooks: a keyed digest over <c>&amp;name=value</c> of every other parameter in ordinal order of the names, where <c>&amp;</c> and
/// <c>=</c> inside a value are written as <c>_</c> (developer.vonage.com, "Signing messages").
/// </summary>
public static class VonageSignature
{
    /// <summary>
    /// Vonage repeats for 24 hours and does not say whether a repeat is signed anew. A message that comes again is a repeat by its id however late, so a narrower
    /// limit would protect from nothing and could lose complaints.
    /// </summary>
    public static TimeSpan Oldest { get; } = TimeSpan.FromHours(24) + Tolerance;

    private static TimeSpan Tolerance => TimeSpan.FromMinutes(5);

    /// <param name="secrets">Valid signature secrets, two during rotation.</param>
    /// <param name="method">As set for the account.</param>
    /// <param name="fields">Every parameter, each name once.</param>
    /// <param name="now">Our clock.</param>
    public static bool IsValid(
        IEnumerable<string> secrets, VonageSignatureMethod method, IReadOnlyCollection<KeyValuePair<string, string>> fields, DateTimeOffset now)
    {
        Span<byte> given = stackalloc byte[SHA512.HashSizeInBytes];
        if (fields.Value("sig") is not { } signature || signature.Length > given.Length * 2
            || Convert.FromHexString(signature, given, out _, out var length) != OperationStatus.Done
            || !long.TryParse(fields.Value("timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || now.ToUnixTimeSeconds() - seconds is var age && (age > (long)Oldest.TotalSeconds || age < -(long)Tolerance.TotalSeconds))
            return false;

        var signed = string.Concat(fields.Where(field => field.Key != "sig").OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"&{field.Key}={field.Value.Replace('&', '_').Replace('=', '_')}"));
        var isValid = false;
        foreach (var secret in secrets)
            isValid |= CryptographicOperations.FixedTimeEquals(given[..length], Digest(method, secret, signed));
        return isValid;
    }

#pragma warning disable CA5350, CA5351 // Vonage's contract; an account that can choose takes Sha256.
    private static byte[] Digest(VonageSignatureMethod method, string secret, string signed)
    {
        var (key, content) = (Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed));
        return method switch
        {
            VonageSignatureMethod.Md5Hash => MD5.HashData([.. content, .. key]),
            VonageSignatureMethod.Md5 => HMACMD5.HashData(key, content),
            VonageSignatureMethod.Sha1 => HMACSHA1.HashData(key, content),
            VonageSignatureMethod.Sha256 => HMACSHA256.HashData(key, content),
            VonageSignatureMethod.Sha512 => HMACSHA512.HashData(key, content),
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };
    }
#pragma warning restore CA5350, CA5351
}
