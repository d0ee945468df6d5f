using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.AppendOnly;

/// <summary>
/// Binds an append-only row to its content without telling it: SHA-256 over a random salt and the parts, each with its length before it. The salt is stored
/// with the content and goes with it when the law makes us erase; what stays reveals nothing.
/// </summary>
public static class Commitment
{
    public const int SaltBytes = 32;

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltBytes);

    /// <param name="salt">32 random bytes.</param>
    /// <param name="parts">The content in a fixed order; null and empty differ.</param>
    public static byte[] Of(ReadOnlySpan<byte> salt, params ReadOnlySpan<byte[]?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, part?.Length ?? -1);
            hash.AppendData(length);
            hash.AppendData(part ?? []);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>UTF-8 of a text part.</summary>
    public static byte[]? Text(string? part) => part is null ? null : Encoding.UTF8.GetBytes(part);

    /// <summary>Hands a row to the sealer, in the transaction that writes the row.</summary>
    public static void Seal(this DbContext db, string kind, Guid entryId, byte[] commitment) =>
        db.Add(new UnsealedRow { Kind = kind, EntryId = entryId, Commitment = commitment });
}

/// <summary>An append-only row that the sealer has not reached yet.</summary>
public sealed class UnsealedRow
{
    public long Seq { get; private set; }
    public string Kind { get; init; } = "";
    public Guid EntryId { get; init; }
    public byte[] Commitment { get; init; } = [];
}
