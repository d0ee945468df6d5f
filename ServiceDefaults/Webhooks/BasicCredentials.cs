using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.Webhooks;

/// <summary>Basic authentication (RFC 7617) of a caller that knows nothing better, such as Kannel.</summary>
public static class BasicCredentials
{
    private const string Scheme = "Basic ";
    private const int LongestHeader = 1024;

    /// <summary>Compares in constant time, over digests, so that not even the length shows.</summary>
    public static bool IsValid(string? authorization, string user, IEnumerable<string> secrets)
    {
        if (authorization is null || authorization.Length > LongestHeader || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var given = new byte[LongestHeader];
        if (!Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), given, out var length))
            return false;
        var digest = SHA256.HashData(given.AsSpan(0, length));
        var isValid = false;
        foreach (var secret in secrets)
            isValid |= CryptographicOperations.FixedTimeEquals(digest, SHA256.HashData(Encoding.UTF8.GetBytes($"{user}:{secret}")));
        return isValid;
    }
}
