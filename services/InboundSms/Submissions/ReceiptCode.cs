using System.Security.Cryptography;
using System.Text;

namespace InboundSms.Submissions;

/// <summary>
/// Opens one case to whoever wrote it: 100 bits in Crockford's Base32, which can be read aloud and typed (no I, L, O, U), in five groups. Told once, stored as SHA-256.
/// </summary>
internal static class ReceiptCode
{
    /// <summary>Of a code as it is written; generous to what is typed.</summary>
    public const int Longest = 64;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Letters = 20;

    /// <param name="random">At least 20 bytes that nobody can guess; five bits of each are used.</param>
    public static string Of(ReadOnlySpan<byte> random)
    {
        var code = new StringBuilder();
        for (var i = 0; i < Letters; i++)
        {
            if (i > 0 && i % 4 == 0)
                code.Append('-');
            code.Append(Alphabet[random[i] & 31]);
        }

        return code.ToString();
    }

    public static string New() => Of(RandomNumberGenerator.GetBytes(Letters));

    /// <summary>Of the letters alone: small ones, blanks, hyphens, and what is often taken for another letter do not matter.</summary>
    public static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(
        [.. code.ToUpperInvariant().Replace('O', '0').Replace('I', '1').Replace('L', '1').Where(char.IsAsciiLetterOrDigit)]));
}
