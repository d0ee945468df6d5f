namespace Testing;

/// <summary>What a handset makes of a text in the alphabet of GSM (3GPP TS 23.038), written independently of the services.</summary>
public static class Septets
{
    private const byte Escape = 0x1B;

    // Where the alphabet is not ASCII. What it lacks beside, nobody may write here.
    private const string Odd = "£$¥èéùìòÇ\nØø\rÅå_ÆæßÉ¡ÄÖÑÜ§¿äöñüà";
    private const string Extension = "^{}\\[~]|€";

    private static ReadOnlySpan<byte> OfOdd =>
    [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x11, 0x1C, 0x1D, 0x1E, 0x1F, 0x40, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F,
    ];

    private static ReadOnlySpan<byte> OfExtension => [0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65];

    /// <summary>One in each byte; characters of the extension table are two.</summary>
    public static byte[] Of(string text)
    {
        var septets = new List<byte>(text.Length);
        foreach (var character in text)
        {
            if (Extension.IndexOf(character, StringComparison.Ordinal) is >= 0 and var extended)
                septets.AddRange([Escape, OfExtension[extended]]);
            else if (Odd.IndexOf(character, StringComparison.Ordinal) is >= 0 and var odd)
                septets.Add(OfOdd[odd]);
            else if (char.IsAsciiLetterOrDigit(character) || " !\"#%&'()*+,-./:;<=>?".Contains(character, StringComparison.Ordinal))
                septets.Add((byte)character);
            else
                throw new ArgumentException($"'{character}' is not in the alphabet, or cannot stand everywhere.", nameof(text));
        }

        return [.. septets];
    }

    /// <summary>As 3GPP TS 23.038 6.1.2.1.1 says, bit by bit.</summary>
    /// <param name="septets">One in each byte.</param>
    /// <param name="headerOctets">Of the header before them, its length octet counted.</param>
    public static byte[] Pack(ReadOnlySpan<byte> septets, int headerOctets)
    {
        var bits = new List<bool>(Enumerable.Repeat(false, (7 - headerOctets * 8 % 7) % 7));
        foreach (var septet in septets)
        {
            for (var bit = 0; bit < 7; bit++)
                bits.Add((septet >> bit & 1) == 1);
        }

        var octets = new byte[(bits.Count + 7) / 8];
        for (var bit = 0; bit < bits.Count; bit++)
            octets[bit / 8] |= (byte)(bits[bit] ? 1 << (bit % 8) : 0);
        return octets;
    }
}
