using System.Buffers.Binary;
using System.Buffers.Text;

namespace ServiceDefaults;

/// <summary>One page of a list, newest first or by key. <paramref name="Next"/> is the <c>cursor</c> of the following page, null on the last one.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Keyset paging: a cursor is the sort key of the last item of a page, so that new rows neither repeat nor hide others.</summary>
public static class Paging
{
    public const int PageSize = 50;

    /// <summary>Takes one row more than a page to know whether another page follows.</summary>
    public static Page<T> PageOf<T>(IReadOnlyList<T> oneMore, Func<T, string> cursorOf) => oneMore.Count <= PageSize
        ? new(oneMore, null)
        : new([.. oneMore.Take(PageSize)], cursorOf(oneMore[PageSize - 1]));

    /// <summary>Cursor of rows in the order of a time, newest first, and their id.</summary>
    public static string Cursor(DateTimeOffset time, Guid id)
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.UtcTicks);
        id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>False if the text is no cursor of ours; none is the first page.</summary>
    public static bool TryReadCursor(string? cursor, out DateTimeOffset time, out Guid id)
    {
        (time, id) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (string.IsNullOrEmpty(cursor))
            return true;
        Span<byte> bytes = stackalloc byte[24];
        if (cursor.Length != 32 || !Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, bytes, out var length) || length != 24)
            return false;
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks)
            return false;
        (time, id) = (new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..], bigEndian: true));
        return true;
    }
}
