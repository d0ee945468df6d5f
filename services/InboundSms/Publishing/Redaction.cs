using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Publishing;

/// <summary>
/// Proves that public words are the original ones, without showing what is hidden. A text is cut into words, each with a salt of its own that is derived from the
/// salt of its sealed row; SHA-256 over both is its leaf. Shown words are told with their salts, hidden ones by their leaf alone: a short number cannot be
/// guessed from it. The root over all leaves, and over which are hidden, is sealed into the chain when the words become public.
/// </summary>
internal static partial class Redaction
{
    private const string Purpose = "publication";

    /// <summary>A word of a text as it is proved.</summary>
    /// <param name="Text">Null if it is hidden.</param>
    /// <param name="Salt">Null if it is hidden.</param>
    /// <param name="Leaf">SHA-256 over salt and UTF-8 text.</param>
    internal sealed record Token(string? Text, byte[]? Salt, byte[] Leaf);

    // Letters, digits, blanks, or one other character. A rule of the proof: another cut is another root.
    [GeneratedRegex(@"\p{L}[\p{L}\p{M}]*|\p{Nd}+|\s+|[\uD800-\uDBFF][\uDC00-\uDFFF]|.", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    public static SealedKind Sealed { get; } = new("publication", """
        select p.id, p.commitment, nullif(content.salt, ''), a.salt, uuid_send(c.first_message_id), uuid_send(a.id), convert_to(content.text, 'UTF8'), convert_to(a.text, 'UTF8'),
          convert_to(array_to_string(p.question_masks, ','), 'UTF8'), convert_to(array_to_string(p.answer_masks, ','), 'UTF8')
        from publication_proof p join answer a on a.id = p.answer_id join sms_case c on c.id = a.case_id left join message_content content on content.message_id = c.first_message_id
        """)
    {
        CommitmentOf = (salt, parts) => Root(new(parts[1], bigEndian: true), new(parts[2], bigEndian: true),
            Tokens(salt, Encoding.UTF8.GetString(parts[3]!), Numbers(parts[5]!)), Tokens(parts[0]!, Encoding.UTF8.GetString(parts[4]!), Numbers(parts[6]!))),
    };

    /// <summary>Masks that hide whole words: half a name tells the rest.</summary>
    public static int[] Widen(string text, int[] masks) => masks.Length == 0 ? masks : Spans.Union(masks,
        Spans.Merge(Word().Matches(text).Where(word => IsHidden(word, masks)).Select(word => (word.Index, word.Index + word.Length))));

    /// <param name="salt">Of the sealed row that holds the text; stays secret.</param>
    /// <param name="text">The original.</param>
    /// <param name="masks">What is hidden.</param>
    public static IReadOnlyList<Token> Tokens(byte[] salt, string text, int[] masks) => [.. Word().Matches(text).Select((word, index) =>
    {
        var own = SaltOf(salt, index);
        var leaf = SHA256.HashData([.. own, .. Encoding.UTF8.GetBytes(word.Value)]);
        return IsHidden(word, masks) ? new Token(null, null, leaf) : new Token(word.Value, own, leaf);
    })];

    /// <summary>SHA-256 over <c>publication</c>, both ids, and for each text the count of its words and of each word a byte (1: hidden) and its leaf.</summary>
    public static byte[] Root(Guid messageId, Guid answerId, IReadOnlyList<Token> question, IReadOnlyList<Token> answer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Purpose));
        hash.AppendData(messageId.ToByteArray(bigEndian: true));
        hash.AppendData(answerId.ToByteArray(bigEndian: true));
        foreach (var text in new[] { question, answer })
        {
            hash.AppendData(BigEndian(text.Count));
            foreach (var token in text)
            {
                hash.AppendData([token.Text is null ? (byte)1 : (byte)0]);
                hash.AppendData(token.Leaf);
            }
        }

        return hash.GetHashAndReset();
    }

    private static byte[] SaltOf(byte[] salt, int index) => HMACSHA256.HashData(salt, (byte[])[.. Encoding.UTF8.GetBytes(Purpose), .. BigEndian(index)]);

    private static bool IsHidden(Match word, int[] masks) => Spans.Each(masks).Any(mask => mask.Start < word.Index + word.Length && word.Index < mask.End);

    private static byte[] BigEndian(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static int[] Numbers(byte[] list) => list.Length == 0 ? [] : Array.ConvertAll(Encoding.UTF8.GetString(list).Split(','), number => int.Parse(number, CultureInfo.InvariantCulture));
}
