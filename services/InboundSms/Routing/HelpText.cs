using System.Globalization;
using System.Text;
using InboundSms.Resources;
using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>The system's answer to an unknown keyword (BJN 12(7)): the keywords that fit, nearest first, as many as one segment holds.</summary>
internal static class HelpText
{
    private const int LongestCompared = 20;
    private const int MostWordsCompared = 50;

    /// <summary>One GSM segment of at most 160 units, or null when there is no keyword to tell.</summary>
    /// <param name="unknown">The word that did not fit, as <see cref="Keyword.Read"/> gives it.</param>
    /// <param name="keywords">All valid ones.</param>
    /// <param name="suggested">The one that was probably meant, told first.</param>
    public static string? For(string unknown, IEnumerable<string> keywords, string? suggested = null)
    {
        var nearestFirst = keywords.Distinct(StringComparer.Ordinal)
            .OrderBy(keyword => keyword != suggested).ThenBy(keyword => Distance(unknown, keyword)).ThenBy(keyword => keyword, StringComparer.Ordinal).ToList();
        if (nearestFirst.Count == 0)
            return null;
        var list = new StringBuilder(nearestFirst[0]);
        foreach (var keyword in nearestFirst.Skip(1))
        {
            if (!FitsOneSegment($"{list}, {keyword}", nearestFirst[0]))
                break;
            list.Append(CultureInfo.InvariantCulture, $", {keyword}");
        }

        return Compose(list.ToString(), nearestFirst[0]);
    }

    /// <summary>The keyword that was probably meant: one that stands elsewhere in the text (<c>obat DINKES</c>), or one a typing error or two away from the first word.</summary>
    public static string? Suggest(string text, string unknown, IReadOnlyCollection<string> keywords) =>
        Keyword.Words(text).Take(MostWordsCompared).FirstOrDefault(word => keywords.Contains(word, StringComparer.Ordinal))
        ?? keywords.Select(keyword => (Keyword: keyword, Distance: Distance(unknown, keyword))).Where(near => near.Distance * 3 <= near.Keyword.Length)
            .OrderBy(near => near.Distance).ThenBy(near => near.Keyword, StringComparer.Ordinal).Select(near => near.Keyword).FirstOrDefault();

    private static bool FitsOneSegment(string list, string example) => SmsText.Measure(Compose(list, example)) is { IsGsm: true, Segments: 1 };

    private static string Compose(string list, string example) => InboundSmsTexts.UnknownKeyword(list, example);

    /// <summary>Typing errors between two words: inserted, missing, wrong or swapped letters.</summary>
    internal static int Distance(string a, string b)
    {
        (a, b) = (a[..Math.Min(a.Length, LongestCompared)], b[..Math.Min(b.Length, LongestCompared)]);
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
