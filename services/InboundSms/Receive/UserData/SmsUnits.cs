using System.Text;

namespace InboundSms.Receive.UserData;

/// <summary>What the octets of a binary message are.</summary>
internal enum SmsCoding
{
    /// <summary>The provider does not say.</summary>
    Unknown,
    /// <summary>Packed septets.</summary>
    Gsm7,
    /// <summary>UTF-16, big end first.</summary>
    Ucs2,
}

/// <summary>
/// What a message holds before it is text. A pair of units that makes one character can be cut by the end of a part, so that parts are put together first and
/// decoded then.
/// </summary>
/// <param name="Coding">Of the units.</param>
/// <param name="Units">A septet in each byte, or octets.</param>
internal sealed record SmsUnits(SmsCoding Coding, byte[] Units)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding StrictUcs2 = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);

    public static SmsUnits Of(SmsBytes bytes) =>
        new(bytes.Coding, bytes.Coding == SmsCoding.Gsm7 ? Gsm7.Unpack(bytes.Data, bytes.Header.Length) : bytes.Data);

    /// <summary>Of a text with half a surrogate pair in it, which cannot be kept as text; null of every other.</summary>
    public static SmsUnits? OfHalves(string text) => HasHalf(text) ? new(SmsCoding.Ucs2, [.. text.SelectMany(unit => new[] { (byte)(unit >> 8), (byte)unit })]) : null;

    /// <summary>The text. Of octets that nobody knows the coding of, only what is text without doubt: the bytes as received are kept in any case.</summary>
    public string Decode() => Coding switch
    {
        SmsCoding.Gsm7 => Gsm7.Decode(Units),
        SmsCoding.Ucs2 => Encoding.BigEndianUnicode.GetString(Units),
        _ => Readable(StrictUtf8) ?? Readable(StrictUcs2) ?? "",
    };

    private static bool HasHalf(string text) => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !string.Concat(text.EnumerateRunes()).Equals(text, StringComparison.Ordinal);

    private string? Readable(Encoding encoding)
    {
        try
        {
            var text = encoding.GetString(Units);
            return text.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
