using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Directory.Applications;

/// <summary>How a key is written: a prefix by which scanners find keys that were checked into a repository, and 256 random bits.</summary>
internal static class KeyText
{
    public const string Prefix = "plat_";
    private const int Bytes = 32;
    private static readonly int Length = Prefix.Length + Base64Url.GetEncodedLength(Bytes);

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Whether it can be a key at all; what cannot does not reach the database.</summary>
    public static bool IsSpelled(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && Base64Url.IsValid(text.AsSpan(Prefix.Length));

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.ASCII.GetBytes(key));
}
