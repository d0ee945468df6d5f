using System.Net;
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
        if (Decode(authorization) is not { } given)
            return false;
        var digest = SHA256.HashData(given);
        var isValid = false;
        foreach (var secret in secrets)
            isValid |= CryptographicOperations.FixedTimeEquals(digest, SHA256.HashData(Encoding.UTF8.GetBytes($"{user}:{secret}")));
        return isValid;
    }

    /// <summary>User and secret as OAuth clients send them, each in its form-encoding (RFC 6749 2.3.1); null when they are none.</summary>
    public static (string User, string Secret)? Read(string authorization) =>
        Decode(authorization) is { } given && Ascii.IsValid(given) && Encoding.ASCII.GetString(given).Split(':', 2) is [var user, var secret]
            ? (WebUtility.UrlDecode(user), WebUtility.UrlDecode(secret)) : null;

    private static byte[]? Decode(string? authorization)
    {
        if (authorization is null || authorization.Length > LongestHeader || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var given = new byte[LongestHeader];
        return Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), given, out var length) ? given[..length] : null;
    }
}
