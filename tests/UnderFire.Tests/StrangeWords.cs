using System.Globalization;
using System.Text;

namespace UnderFire.Tests;

/// <summary>What becomes of a message.</summary>
internal enum Fate
{
    /// <summary>To the position of its keyword.</summary>
    Routed,
    /// <summary>To the tray, and the sender is told the keywords.</summary>
    Helped,
    /// <summary>Nowhere, silently: the sender wants no automatic messages.</summary>
    Kept,
}

/// <summary>SMS that begin as no manual foresees: as phones, thumbs, scripts, machines and vandals write. The same seed gives the same ones.</summary>
internal sealed class StrangeWords(int seed, string keyword)
{
    public const int Kinds = 10;

    private static readonly string[] Before =
    [
        "", " ", "\t", "\r\n", "\"", "“", "«(", "#", "*", "¿¡", "…", "\uFEFF", "\u200B", "\u202E", "\u00A0", "\u3000", "🙏 ", "\0", "\u0301", "- ", "<", "\u0007",
    ];

    private static readonly string[] Behind = [" ", "\n", ", ", ". ", ": ", "! ", "\u00A0", "-", "/", "🙏", "\" ", "\u2028", "_"];
    private static readonly string[] Inside = ["\u200B", "\u200D", "\u00AD", "\uFEFF", "\u2060"];
    private static readonly string[] OptOut = ["STOP", "BERHENTI", "UNREG"];

    private static readonly string[] Unknown =
    [
        "", "!!!", "🙏🙏🙏", "12345", "0", "сообщение", "你好", "ꦱꦸꦫꦠ", "مرحبا", "ﬁnance", "İSTANBUL", "ıß", "a\u0300\u0301\u0302\u0303", "%00", "%s%n", "{0}", "\\u0000",
        "'; drop table message; --", "<script>", "../../etc/passwd", "=1+1", "null", "\u0000", "\uFFFE", "\uFFFF", "\uE000", "\u2029", "½", "Ⅻ", "ﷺ", "👩‍👩‍👧‍👦", "STOPP", "RAHASI",
    ];

#pragma warning disable CA5394 // Not for secrets: the same again from its seed.
    private readonly Random _random = new(seed);

    /// <summary>Kinds take turns.</summary>
    public (Fate Fate, string Text) Next(int turn) => (turn % Kinds) switch
    {
        0 => (Fate.Routed, Of(Before) + keyword + Of(Behind) + "lampu mati"),
        1 => (Fate.Routed, Of(Before) + Spelled(keyword) + Of(Behind) + "lampu mati"),
        2 => (Fate.Routed, Of(Before) + Spelled("RAHASIA") + Of(Behind) + Of(Before) + Spelled(keyword)),
        3 => (Fate.Kept, Of(Before) + Spelled(Of(OptOut)) + Of(Behind)),
        4 => (Fate.Helped, Of(Before) + Spelled(Of(OptOut)) + Of(Behind) + "lampu mati"),
        5 => (Fate.Helped, Of(Before) + Of(Unknown) + Of(Behind) + "lampu mati"),
        6 => (Fate.Helped, Of(Before) + Of(Unknown)),
        7 => (Fate.Helped, Of(Before) + NearMiss() + Of(Behind) + "lampu mati"),
        8 => (Fate.Helped, new string('Z', _random.Next(17, 1500)) + Of(Behind) + keyword),
        _ => (Fate.Helped, AnyCharacters()),
    };

    private string Of(string[] choices) => choices[_random.Next(choices.Length)];

    /// <summary>Small letters, full-width letters, letters with something invisible between them; all at once.</summary>
    private string Spelled(string word)
    {
        var spelled = new StringBuilder();
        foreach (var letter in word)
        {
            spelled.Append(_random.Next(4) switch
            {
                0 => char.ToLowerInvariant(letter).ToString(CultureInfo.InvariantCulture),
                1 => ((char)(letter - '!' + '！')).ToString(CultureInfo.InvariantCulture),
                2 => letter + Of(Inside),
                _ => letter.ToString(CultureInfo.InvariantCulture),
            });
        }

        return spelled.ToString();
    }

    /// <summary>One letter missing, doubled, or wrong.</summary>
    private string NearMiss()
    {
        var at = _random.Next(1, keyword.Length);
        return _random.Next(3) switch
        {
            0 => keyword.Remove(at, 1),
            1 => keyword.Insert(at, "Q"),
            _ => string.Concat(keyword.AsSpan(0, at), "Q", keyword.AsSpan(at + 1)),
        };
    }

    /// <summary>Code points of all planes, assigned or not, but for surrogates, which no provider can write.</summary>
    private string AnyCharacters()
    {
        var text = new StringBuilder();
        for (var length = _random.Next(1, 40); length > 0; length--)
        {
            var point = _random.Next(0x10_F800);
            text.Append(char.ConvertFromUtf32(point < 0xD800 ? point : point + 0x800));
        }

        return text.ToString();
    }
#pragma warning restore CA5394
}
