namespace ServiceDefaults.Sms;

/// <summary>How a text travels: GSM 7-bit or UCS-2, and in how many parts (3GPP TS 23.038, 23.040).</summary>
/// <param name="IsGsm">Every character is in the GSM alphabet or its extension.</param>
/// <param name="Units">Septets, or UTF-16 code units.</param>
/// <param name="Segments">SMS that the operator sends and charges.</param>
public readonly record struct SmsText(bool IsGsm, int Units, int Segments)
{
    public const int OneGsmSegment = 160;
    private const int OneUcs2Segment = 70;
    private const int GsmPart = 153;
    private const int Ucs2Part = 67;

    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "^{}\\[~]|€\f";

    public static SmsText Measure(string text)
    {
        if (!text.All(character => Basic.Contains(character, StringComparison.Ordinal) || Extension.Contains(character, StringComparison.Ordinal)))
            return new(IsGsm: false, text.Length, Parts(text, OneUcs2Segment, Ucs2Part, IsHighSurrogate));
        var units = text.Length + text.Count(IsExtension);
        return new(IsGsm: true, units, Parts(text, OneGsmSegment, GsmPart, IsExtension));
    }

    private static bool IsExtension(char character) => Extension.Contains(character, StringComparison.Ordinal);

    private static bool IsHighSurrogate(char character) => char.IsHighSurrogate(character);

    /// <summary>An escape pair or a surrogate pair is never cut by the end of a part; that can cost a unit of the part before.</summary>
    private static int Parts(string text, int single, int part, Func<char, bool> takesTwo)
    {
        var isUcs2 = single == OneUcs2Segment;
        var units = isUcs2 ? text.Length : text.Length + text.Count(takesTwo);
        if (units <= single)
            return 1;
        var (parts, room) = (1, part);
        for (var i = 0; i < text.Length; i++)
        {
            var size = takesTwo(text[i]) ? 2 : 1;
            if (size > room)
                (parts, room) = (parts + 1, part);
            room -= size;
            if (isUcs2 && size == 2)
                i++;
        }

        return parts;
    }
}
