using System.Globalization;
using System.Text;
using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>The first word of an SMS.</summary>
/// <param name="Word">In upper case, without what surrounds it; empty if there is no letter or digit.</param>
/// <param name="IsSecret">RAHASIA stood before it.</param>
/// <param name="IsAlone">Nothing but signs stands behind it.</param>
internal readonly record struct FirstWord(string Word, bool IsSecret, bool IsAlone);

/// <summary>Reads the first word of an SMS with tolerance: a citizen's phone adds capitals, quotes, exotic spaces and invisible characters by itself.</summary>
internal static class Keyword
{
    /// <summary>Before the keyword: the citizen wants no publication.</summary>
    public const string Secret = "RAHASIA";

    /// <summary>Alone: the citizen wants no automatic messages. No complaint, and no reason to send help.</summary>
    public static IReadOnlySet<string> OptOut { get; } = new HashSet<string>(StringComparer.Ordinal) { "STOP", "BERHENTI", "UNREG" };

    private const int LongestWord = 64;

    public static FirstWord Read(string text)
    {
        var (word, rest) = Split(Clean(text));
        if (word != Secret)
            return new(word, IsSecret: false, IsAlone: !rest.Any(char.IsLetterOrDigit));
        var (next, behind) = Split(rest);
        return new(next, IsSecret: true, IsAlone: !behind.Any(char.IsLetterOrDigit));
    }

    private static (string Word, string Behind) Split(string clean)
    {
        var start = 0;
        while (start < clean.Length && !char.IsLetterOrDigit(clean[start]))
            start++;
        var end = start;
        while (end < clean.Length && char.IsLetterOrDigit(clean[end]))
            end++;
        return end - start > LongestWord ? ("", clean[start..]) : (clean[start..end].ToUpperInvariant(), clean[end..]);
    }

    /// <summary>Compatibility forms become plain ones (full-width letters), format characters (zero width, direction) vanish.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var character in text.IsNormalizable ? text.Normalize(NormalizationForm.FormKC) : text)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.Format)
                clean.Append(character);
        }

        return clean.ToString();
    }
}
