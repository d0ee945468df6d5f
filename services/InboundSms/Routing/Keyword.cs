using System.Buffers;
using System.Globalization;
using System.Text;
using InboundSms.Storage;
using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>How an SMS begins.</summary>
/// <param name="Word">The first word in upper case, without what surrounds it; empty if there is no letter or digit.</param>
/// <param name="IsSecret">RAHASIA stood before the keyword.</param>
/// <param name="IsAlone">Nothing but signs stands behind it.</param>
internal readonly record struct FirstWord(string Word, bool IsSecret, bool IsAlone)
{
    /// <summary>The word behind it; empty if there is none.</summary>
    public string Next { get; init; } = "";

    /// <summary>Nothing but signs stands behind <see cref="Next"/>.</summary>
    public bool IsNextLast { get; init; } = true;

    /// <summary>The class that the first word names; the keyword may be the next one then.</summary>
    public MessageClass? Class { get; init; }

    /// <summary>The class that the next word names.</summary>
    public MessageClass? NextClass { get; init; }
}

/// <summary>What an official answers to a coordination SMS.</summary>
/// <param name="Number">Of the broadcast, as he wrote it; whether there is one is known elsewhere.</param>
/// <param name="Text">Behind it.</param>
internal sealed record BroadcastAnswer(long Number, string Text);

/// <summary>Reads the first words of an SMS with tolerance: a citizen's phone adds capitals, quotes, exotic spaces and invisible characters by itself.</summary>
internal static class Keyword
{
    /// <summary>Before the keyword: the citizen wants no publication.</summary>
    public const string Secret = "RAHASIA";

    /// <summary>Before a number: the citizen wants to know how his case stands.</summary>
    public const string Status = "CEK";

    /// <summary>Alone: the citizen wants no automatic messages. No complaint, and no reason to send help.</summary>
    public static IReadOnlySet<string> OptOut { get; } = new HashSet<string>(StringComparer.Ordinal) { "STOP", "BERHENTI", "UNREG" };

    /// <summary>Alone: he wants them again.</summary>
    public static IReadOnlySet<string> OptIn { get; } = new HashSet<string>(StringComparer.Ordinal) { "MULAI", "START" };

    /// <summary>Alone: the citizen wants to know the keywords.</summary>
    public static IReadOnlySet<string> Help { get; } = new HashSet<string>(StringComparer.Ordinal) { "INFO", "HELP", "BANTUAN" };

    private static readonly HashSet<string> Publication = new(StringComparer.Ordinal)
    {
        "PUBLIKASI", "PUBLIKASIKAN", "DIPUBLIKASI", "DIPUBLIKASIKAN", "PUBLISH", "TAMPILKAN", "DITAMPILKAN", "DIMUAT",
    };

    private const int LongestWord = 64;

    // Variation selectors of emoji keyboards, the grapheme joiner, and the fillers of Hangul: no format characters, and not seen either.
    private static readonly SearchValues<char> Unseen = SearchValues.Create("\u034F\u115F\u1160\u3164\uFE00\uFE01\uFE02\uFE03\uFE04\uFE05\uFE06\uFE07\uFE08\uFE09\uFE0A\uFE0B\uFE0C\uFE0D\uFE0E\uFE0F");

    /// <param name="text">Whatever came.</param>
    /// <param name="classes">The words that name a class; the usual ones if none are given.</param>
    public static FirstWord Read(string text, ClassWords? classes = null)
    {
        classes ??= ClassWords.Usual;
        var isSecret = false;
        var (word, behind) = Take(Clean(text), ref isSecret);
        var @class = classes.Find(word);
        // KELUHAN RAHASIA DINKES asks for secrecy as well; DINKES RAHASIA does not, it may be about something secret.
        var ignored = false;
        var (next, last) = @class is null ? Take(behind, ref ignored, skipsSecret: false) : Take(behind, ref isSecret);
        return new(word, isSecret, IsAlone: !behind.Any(char.IsLetterOrDigit))
        {
            Next = next,
            IsNextLast = !last.Any(char.IsLetterOrDigit),
            Class = @class,
            NextClass = classes.Find(next),
        };
    }

    /// <summary>The citizen asks for the status of a case and says nothing else: <c>CEK</c>, <c>CEK 123</c>, <c>cek no. 123</c>, <c>CEK#1.234</c>; with the number if he names one.</summary>
    public static (bool IsMeant, long? Number) ReadStatusQuery(string text) => Words(text).Take(8).ToList() switch
    {
        [Status] or [Status, "STATUS" or "LAPORAN" or "KASUS"] => (true, null),
        [Status, .. var rest] => (CaseNumber(rest) is not null, CaseNumber(rest)),
        _ => (false, null),
    };

    /// <summary>
    /// The citizen objects to publication and says nothing else: <c>RAHASIA 123</c>, <c>jangan dipublikasikan</c>, <c>JANGGAN PUBLIKASI no. 123</c>; with the number of the
    /// case if he names one.
    /// </summary>
    public static (bool IsMeant, long? Number) ReadObjection(string text)
    {
        var rest = Words(text).Take(8).ToList() switch
        {
            [Secret, .. var behind] => behind,
            ["JANGAN" or "JANGGAN" or "JGN" or "JNGN" or "TIDAK" or "TDK", var what, .. var behind] when Publication.Contains(what) => behind,
            _ => null,
        };
        return rest switch
        {
            null => (false, null),
            [] => (true, null),
            _ => (CaseNumber(rest) is not null, CaseNumber(rest)),
        };
    }

    /// <summary>
    /// The text answers a coordination SMS: it begins with the code and a number, <c>KOR12 hadir</c>, <c>kor 12: hadir</c>, <c>KOR#12</c>. With what stands behind them.
    /// </summary>
    public static BroadcastAnswer? ReadBroadcastAnswer(string text, string code)
    {
        var (word, behind) = Split(Clean(text));
        if (word == code)
            (word, behind) = Split(behind);
        else if (word.StartsWith(code, StringComparison.Ordinal))
            word = word[code.Length..];
        else
            return null;
        return word.Length is > 0 and <= 9 && word.All(char.IsAsciiDigit)
            ? new(long.Parse(word, CultureInfo.InvariantCulture), behind.TrimStart([.. " \t\r\n.,:;#-"]).TrimEnd())
            : null;
    }

    /// <summary>Nothing but a number, in whatever groups, behind what introduces one.</summary>
    private static long? CaseNumber(List<string> words)
    {
        if (words is ["NO" or "NOMOR" or "NMR" or "KASUS" or "LAPORAN", ..])
            return CaseNumber(words[1..]);
        return words.Count > 0 && words.TrueForAll(word => word.All(char.IsAsciiDigit))
            && long.TryParse(string.Concat(words), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    /// <summary>All words in upper case, cleaned.</summary>
    public static IEnumerable<string> Words(string text) => Tokens(text).Where(token => char.IsLetterOrDigit(token[0]));

    /// <summary>The words in upper case; between them what ends a clause, as a token of one character.</summary>
    public static IEnumerable<string> Tokens(string text)
    {
        var clean = Clean(text);
        for (var start = 0; start < clean.Length;)
        {
            var end = start;
            while (end < clean.Length && char.IsLetterOrDigit(clean[end]))
                end++;
            if (end > start)
                yield return clean[start..end].ToUpperInvariant();
            else if (",.;:!?\n".Contains(clean[start], StringComparison.Ordinal))
                yield return clean[start].ToString();
            start = Math.Max(end, start + 1);
        }
    }

    private static (string Word, string Behind) Take(string clean, ref bool isSecret, bool skipsSecret = true)
    {
        var (word, behind) = Split(clean);
        if (word != Secret || !skipsSecret)
            return (word, behind);
        isSecret = true;
        return Split(behind);
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
        foreach (var character in text.Normalizable.Normalize(NormalizationForm.FormKC))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.Format && !Unseen.Contains(character))
                clean.Append(character);
        }

        return clean.ToString();
    }
}
