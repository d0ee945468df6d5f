using System.Text;

namespace InboundSms.Receive.UserData;

/// <summary>The alphabet of GSM handsets, seven bits a character (3GPP TS 23.038 6.2.1, 6.1.2.1).</summary>
internal static class Gsm7
{
    private const byte Escape = 0x1B;

    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "\f^{}\\[~]|€";

    private static ReadOnlySpan<byte> ExtensionSeptets => [0x0A, 0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65];

    /// <summary>One septet in each byte. Behind an escape, a septet that the extension table lacks is one of the basic table; a second escape, or none behind it, a space.</summary>
    public static string Decode(ReadOnlySpan<byte> septets)
    {
        var text = new StringBuilder(septets.Length);
        for (var at = 0; at < septets.Length; at++)
        {
            if (septets[at] != Escape)
                text.Append(Basic[septets[at] & 0x7F]);
            else if (++at == septets.Length || septets[at] == Escape)
                text.Append(' ');
            else
                text.Append(ExtensionSeptets.IndexOf(septets[at]) is >= 0 and var extended ? Extension[extended] : Basic[septets[at] & 0x7F]);
        }

        return text.ToString();
    }

    /// <summary>Takes septets out of the octets that they are packed into (6.1.2.1.1), beginning on the next septet boundary behind a header.</summary>
    /// <param name="packed">User data without its header.</param>
    /// <param name="headerOctets">Of the header, its length octet counted.</param>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, int headerOctets)
    {
        var padding = (7 - headerOctets * 8 % 7) % 7;
        var septets = new byte[Math.Max(0, (packed.Length * 8 - padding) / 7)];
        for (var n = 0; n < septets.Length; n++)
        {
            var bit = padding + n * 7;
            var two = packed[bit / 8] | (bit / 8 + 1 < packed.Length ? packed[bit / 8 + 1] << 8 : 0);
            septets[n] = (byte)(two >> (bit % 8) & 0x7F);
        }

        // Seven spare bits look like one septet more: an @ that nobody wrote.
        var hasSpare = septets.Length > 0 && padding + septets.Length * 7 == packed.Length * 8;
        return hasSpare && septets[^1] == 0 ? septets[..^1] : septets;
    }
}
