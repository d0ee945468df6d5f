using System.Globalization;
using System.Text;

namespace UnderFire.Tests.Load;

/// <summary>A text that is too long for one SMS, cut as handsets and providers cut it.</summary>
internal static class LongMessage
{
    // 140 octets less a header of six, and of seven.
    private const int SeptetsInPart = 153;
    private const int UnitsInPart = 66;

    /// <summary>Ways to deliver one, which take turns.</summary>
    public const int Ways = 5;

    /// <param name="way">0, 1: Vonage's text and unicode; 2: text by the generic contract; 3, 4: its octets, septets and UTF-16, where the end of a part cuts a character.</param>
    /// <param name="id">The beginning of the parts' ids.</param>
    /// <param name="from">E.164.</param>
    /// <param name="text">Of the alphabet of GSM, unless <paramref name="way"/> is 1 or 4.</param>
    /// <param name="reference">The handset's, of one octet.</param>
    public static List<Sms> Parts(int way, string id, string from, string text, byte reference)
    {
        var written = reference.ToString(CultureInfo.InvariantCulture);
        return way switch
        {
            0 => InText("vonage", SeptetsInPart),
            1 => InText("vonage", UnitsInPart),
            2 => InText("generic", SeptetsInPart),
            3 => InOctets("gsm7", [.. Septets.Of(text).Chunk(SeptetsInPart).Select(septets => Septets.Pack(septets, 6))], (total, number) => [5, 0, 3, reference, total, number]),
            _ => InOctets("ucs2", [.. Encoding.BigEndianUnicode.GetBytes(text).Chunk(2 * UnitsInPart)], (total, number) => [6, 8, 4, 0x12, reference, total, number]),
        };

        Sms Part(string channel, int index, string piece) => new(channel, $"{id}.{index + 1}", from, piece);

        List<Sms> InText(string channel, int most) => Placed(Cut(text, most).Select((piece, n) => Part(channel, n, piece)), written);

        List<Sms> InOctets(string coding, List<byte[]> data, Func<byte, byte, byte[]> header) => Placed(
            data.Select((octets, n) => Part("generic", n, "") with { Octets = new(coding, header((byte)data.Count, (byte)(n + 1)), octets) }), written);
    }

    private static List<Sms> Placed(IEnumerable<Sms> parts, string reference)
    {
        var all = parts.ToList();
        return [.. all.Select((part, index) => part with { Place = new(reference, all.Count, index + 1) })];
    }

    /// <summary>Providers that decode cut no character.</summary>
    private static IEnumerable<string> Cut(string text, int most)
    {
        while (text.Length > most)
        {
            var length = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
            yield return text[..length];
            text = text[length..];
        }

        yield return text;
    }
}
