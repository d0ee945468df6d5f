using InboundSms.Routing;

namespace InboundSms.Emergencies;

/// <summary>
/// Finds words of an emergency in a message (SPBE 24(2)). A word counts unless it is plainly denied, practised or prevented in its own clause: a call too many costs
/// an SMS, a call too few a life.
/// </summary>
internal static class EmergencyWords
{
    /// <summary>For every city; settings and units add to them.</summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "darurat", "kebakaran", "terbakar", "api besar", "kebanjiran", "banjir", "longsor", "gempa", "kecelakaan", "tabrakan", "tertabrak", "tenggelam", "tersengat listrik", "kesetrum", "pohon tumbang", "roboh",
        "keracunan", "pingsan", "sekarat", "perampokan", "dirampok", "tawuran", "ledakan", "meledak", "tolong segera", "butuh ambulans", "butuh ambulan", "butuh pemadam",
    ];

    private static readonly HashSet<string> Denying = new(StringComparer.Ordinal)
    {
        "BUKAN", "BKN", "TIDAK", "TDK", "TAK", "GAK", "GA", "NGGAK", "ENGGAK", "BELUM", "BLM", "TANPA", "BEBAS",
    };

    // It is talked about and has not happened: prevention, exercise, insurance.
    private static readonly HashSet<string> TalkedAbout = new(StringComparer.Ordinal)
    {
        "ANTI", "CEGAH", "MENCEGAH", "PENCEGAHAN", "SIMULASI", "LATIHAN", "PELATIHAN", "SOSIALISASI", "PENYULUHAN", "ASURANSI", "RAWAN",
    };

    private const int WordsBefore = 2;

    /// <summary>A word as it is compared and kept: upper case, one blank between several. Empty when there is no letter or digit.</summary>
    public static string Spelled(string written) => string.Join(' ', Keyword.Words(written));

    /// <summary>The first of the words that is meant, or null.</summary>
    /// <param name="text">The citizen's.</param>
    /// <param name="words">As <see cref="Spelled"/> gives them.</param>
    public static string? Find(string text, IEnumerable<string> words)
    {
        var tokens = Keyword.Tokens(text).Select(WithoutSuffix).ToArray();
        return words.FirstOrDefault(word => IsMeant(tokens, Array.ConvertAll(word.Split(' '), WithoutSuffix)));
    }

    private static bool IsMeant(string[] tokens, string[] word)
    {
        for (var at = 0; at + word.Length <= tokens.Length; at++)
        {
            if (tokens.AsSpan(at, word.Length).SequenceEqual(word) && !IsTurned(tokens, at))
                return true;
        }

        return false;
    }

    /// <summary>One of the two: "bukan simulasi kebakaran" is a fire.</summary>
    private static bool IsTurned(string[] tokens, int at)
    {
        var before = tokens[..at].Reverse().TakeWhile(token => char.IsLetterOrDigit(token[0])).Take(WordsBefore).ToList();
        return before.Exists(Denying.Contains) != before.Exists(TalkedAbout.Contains);
    }

    /// <summary>kebakarannya, banjirlah.</summary>
    private static string WithoutSuffix(string token) =>
        token.Length > 6 && (token.EndsWith("NYA", StringComparison.Ordinal) || token.EndsWith("LAH", StringComparison.Ordinal)) ? token[..^3] : token;
}
