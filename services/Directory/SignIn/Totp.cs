using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Directory.SignIn;

/// <summary>Codes of an authenticator (RFC 6238 with its defaults, which are all that telephones know: SHA-1, six digits, 30 seconds).</summary>
internal static class Totp
{
    public const int SecretBytes = 20;
    private const int Digits = 6;
    private const int StepSeconds = 30;

    // A step to either side, for clocks that differ and people who type slowly (RFC 6238 5.2).
    private const int Tolerance = 1;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The time step that this code belongs to, or null.</summary>
    public static long? StepOf(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        long? found = null;
        var step = now.ToUnixTimeSeconds() / StepSeconds;
        for (var candidate = step - Tolerance; candidate <= step + Tolerance; candidate++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeAt(secret, candidate)), Encoding.UTF8.GetBytes(code)))
                found = candidate;
        }

        return found;
    }

    public static string CodeAt(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238; HMAC does not rest on what is broken in SHA-1
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');
    }

    /// <summary>What the telephone reads, as a picture or typed.</summary>
    public static string UriOf(string issuer, string userLogin, byte[] secret) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(userLogin)}?secret={Encode(secret)}&issuer={Uri.EscapeDataString(issuer)}";

    /// <summary>Base32 without padding (RFC 4648 6).</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var part in bytes)
        {
            (buffer, bits) = ((buffer << 8) | part, bits + 8);
            for (; bits >= 5; bits -= 5)
                text.Append(Base32[(buffer >> (bits - 5)) & 31]);
            buffer &= (1 << bits) - 1;
        }

        return (bits == 0 ? text : text.Append(Base32[(buffer << (5 - bits)) & 31])).ToString();
    }

    /// <summary>The bytes, or null if this is no Base32 of a secret of full length.</summary>
    public static byte[]? DecodeSecret(string text)
    {
        var bytes = new List<byte>();
        var (buffer, bits) = (0, 0);
        foreach (var value in text.Select(letter => Base32.IndexOf(letter, StringComparison.Ordinal)))
        {
            if (value < 0)
                return null;
            (buffer, bits) = ((buffer << 5) | value, bits + 5);
            if (bits < 8)
                continue;
            bytes.Add((byte)(buffer >> (bits - 8)));
            bits -= 8;
            buffer &= (1 << bits) - 1;
        }

        return bytes.Count == SecretBytes ? [.. bytes] : null;
    }
}
