using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.Webhooks;

/// <summary>
/// <c>X-Twilio-Signature</c>: Base64 of HMAC-SHA1 under the account's token over the URL as Twilio called it and every form field, name and value, in ordinal
/// order of the names (twilio.com/docs/usage/security). Behind a proxy the URL is the configured one, never one rebuilt from headers.
/// </summary>
public static class TwilioSignature
{
    public const string Header = "X-Twilio-Signature";

    /// <summary>The address that Twilio signs: the configured scheme, host and path, and the query as called.</summary>
    /// <param name="publicUrl">As configured at Twilio for messages.</param>
    /// <param name="suffix">What stands behind that path at this door.</param>
    /// <param name="query">As called, with its question mark, or empty.</param>
    public static Uri SignedUrl(Uri publicUrl, string suffix, string query) => new(publicUrl.OriginalString.Split('?')[0] + suffix + query);

    /// <param name="secrets">Valid tokens, two during rotation.</param>
    /// <param name="signature">The header as sent.</param>
    /// <param name="publicUrl">Scheme, host and path as configured at Twilio, and the query string as called.</param>
    /// <param name="fields">Every field of the body.</param>
    public static bool IsValid(
        IEnumerable<string> secrets, string? signature, Uri publicUrl, IEnumerable<KeyValuePair<string, string>> fields)
    {
        Span<byte> given = stackalloc byte[SHA1.HashSizeInBytes];
        if (signature is null || !Convert.TryFromBase64String(signature, given, out var length) || length != given.Length)
            return false;

        var sorted = new StringBuilder();
        foreach (var (name, value) in fields.OrderBy(field => field.Key, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal))
            sorted.Append(name).Append(value);
        var isValid = false;
        foreach (var secret in secrets)
        {
            foreach (var url in Spellings(publicUrl))
                isValid |= CryptographicOperations.FixedTimeEquals(given, Sign(secret, url + sorted));
        }

        return isValid;
    }

#pragma warning disable CA5350 // Twilio's contract is HMAC-SHA1.
    private static byte[] Sign(string secret, string content) => HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(content));
#pragma warning restore CA5350

    /// <summary>Twilio itself is not of one mind whether the standard port stands in the signed URL; its own libraries try both.</summary>
    private static string[] Spellings(Uri url)
    {
        var path = url.OriginalString[(url.OriginalString.IndexOf("//", StringComparison.Ordinal) + 2)..];
        var slash = path.IndexOfAny(['/', '?']);
        var rest = slash < 0 ? "" : path[slash..];
        return [$"{url.Scheme}://{url.Host}:{url.Port}{rest}", $"{url.Scheme}://{url.Host}{rest}"];
    }
}
