using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Directory.Tests.Testing;

/// <summary>The telephone with the second factor (RFC 6238). Identity reads the real clock.</summary>
internal static class Totp
{
    public static string Code(byte[] secret)
    {
        Span<byte> step = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // RFC 6238 says SHA-1, and so do the telephones
        var hash = HMACSHA1.HashData(secret, step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    public static string Base32(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var value = 0;
            for (var at = bit; at < bit + 5; at++)
                value = (value << 1) | (at / 8 < bytes.Length ? (bytes[at / 8] >> (7 - at % 8)) & 1 : 0);
            text.Append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value]);
        }

        return text.ToString();
    }
}
