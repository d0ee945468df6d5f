using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace InboundSms.Receive.Spooling;

/// <summary>
/// The form of a spool file: records one after the other, each a mark, the length of its content, a checksum of these eight bytes, the content, and its SHA-256.
/// </summary>
internal static class SpoolRecord
{
    private const int HeaderBytes = 12;
    // A webhook's body in base64 and JSON stays far below.
    private const int LargestContent = 1024 * 1024;

    private static ReadOnlySpan<byte> Mark => "SMS1"u8;

    public static byte[] Of(ReadOnlySpan<byte> content)
    {
        var record = new byte[HeaderBytes + content.Length + SHA256.HashSizeInBytes];
        Mark.CopyTo(record);
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(4), content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(8), Checksum(record));
        content.CopyTo(record.AsSpan(HeaderBytes));
        SHA256.HashData(content, record.AsSpan(HeaderBytes + content.Length));
        return record;
    }

    /// <summary>What a file holds, in order. A record that ends behind the end of the file was being written when its process died: nobody was told that it is
    /// durable, and it is left out. Every other stretch that cannot be read is told.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Bytes, bool IsReadable)> Read(ReadOnlyMemory<byte> file)
    {
        while (file.Length >= HeaderBytes)
        {
            var size = SizeAt(file.Span);
            if (size > file.Length)
                yield break;
            if (size > 0 && IsWhole(file.Span[..size]))
            {
                yield return (file[HeaderBytes..(size - SHA256.HashSizeInBytes)], true);
                file = file[size..];
                continue;
            }

            var next = NextFrom(file.Span, Math.Max(size, 1));
            yield return (file[..next], false);
            file = file[next..];
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> record) =>
        SHA256.HashData(record[HeaderBytes..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(record[^SHA256.HashSizeInBytes..]);

    /// <summary>Bytes of the record whose header stands at the start; 0 if none does.</summary>
    private static int SizeAt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Mark) || BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) != Checksum(bytes))
            return 0;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        return length is >= 0 and <= LargestContent ? HeaderBytes + length + SHA256.HashSizeInBytes : 0;
    }

    private static int NextFrom(ReadOnlySpan<byte> bytes, int start)
    {
        for (var at = start; at < bytes.Length; at++)
        {
            var found = bytes[at..].IndexOf(Mark);
            if (found < 0)
                break;
            at += found;
            if (SizeAt(bytes[at..]) > 0)
                return at;
        }

        return bytes.Length;
    }

    private static uint Checksum(ReadOnlySpan<byte> header) => BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt64BigEndian(header));
}
