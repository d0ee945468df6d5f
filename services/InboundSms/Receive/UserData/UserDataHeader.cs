using System.Buffers.Binary;

namespace InboundSms.Receive.UserData;

/// <summary>What stands before the text of a message for the handset: information elements, of which those about concatenation are ours (3GPP TS 23.040 9.2.3.24).</summary>
internal static class UserDataHeader
{
    private const byte Concatenated8Bit = 0x00;
    private const byte Concatenated16Bit = 0x08;

    /// <param name="header">With its length octet.</param>
    /// <returns>The place in a long message; null when the header tells none, or is none. A repeated element: the last counts (9.2.3.24).</returns>
    public static SmsPart? PartOf(ReadOnlySpan<byte> header)
    {
        SmsPart? part = null;
        if (header.IsEmpty || header[0] > header.Length - 1)
            return null;
        var elements = header.Slice(1, header[0]);
        while (elements.Length >= 2 && elements[1] <= elements.Length - 2)
        {
            var value = elements.Slice(2, elements[1]);
            part = (elements[0], value.Length) switch
            {
                (Concatenated8Bit, 3) => Place($"{value[0]}", value[1], value[2]) ?? part,
                // Not the same as an octet of the same value.
                (Concatenated16Bit, 4) => Place($"0x{BinaryPrimitives.ReadUInt16BigEndian(value):X4}", value[2], value[3]) ?? part,
                _ => part,
            };
            elements = elements[(2 + value.Length)..];
        }

        return part;
    }

    private static SmsPart? Place(string reference, int total, int number) => number >= 1 && number <= total ? new(reference, total, number) : null;
}
