using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Testing;

/// <summary>The telephone with the second factor of one account (RFC 6238), read on the wall clock.</summary>
public sealed class Authenticator(string secret)
{
    private readonly byte[] _secret = Decode(secret);
    private long _used;

    /// <summary>A code that this telephone has not given before, or null until the next half minute: each counts once.</summary>
    public string? Next()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30;
        var step = Math.Max(now, _used + 1);
        // The service takes the next step too: its clock may be ahead.
        if (step > now + 1)
            return null;
        _used = step;
        return CodeAt(step);
    }

    private string CodeAt(long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238
        var hash = HMACSHA1.HashData(_secret, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    private static byte[] Decode(string base32)
    {
        var bits = string.Concat(base32.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(part => part.Length == 8).Select(part => Convert.ToByte(new string(part), 2))];
    }
}
