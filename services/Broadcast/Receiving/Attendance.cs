using System.Text.RegularExpressions;

namespace Broadcast.Receiving;

/// <summary>Reads out of an SMS whether its writer comes. What is not plain is neither: a person reads it.</summary>
internal static partial class Attendance
{
    private static readonly HashSet<string> Comes = new(StringComparer.Ordinal)
    {
        "HADIR", "HDR", "YA", "IYA", "Y", "YES", "SIAP", "BISA", "BS", "BSA", "DAPAT", "DPT", "OK", "OKE", "BERSEDIA", "DATANG", "IKUT", "SANGGUP", "SEMPAT",
    };

    private static readonly HashSet<string> Not = new(StringComparer.Ordinal)
    {
        "TIDAK", "TDK", "TDAK", "TAK", "TAKKAN", "GAK", "GK", "GA", "G", "NGGAK", "NGGA", "ENGGAK", "ENGGA", "NDAK", "KAGAK", "NO", "GABISA", "GAKBISA", "NGGABISA",
    };

    /// <summary>Between a denial and what it denies: "tidak akan hadir", "tidak jadi hadir".</summary>
    private static readonly HashSet<string> Between = new(StringComparer.Ordinal) { "AKAN", "AKN", "JADI", "JD", "TURUT", "MAMPU" };

    /// <summary>They deny something else: "bukan saya yang hadir", "jangan khawatir".</summary>
    private static readonly HashSet<string> NotThat = new(StringComparer.Ordinal) { "BUKAN", "BKN", "JANGAN", "JGN" };

    /// <summary>What one may deny and come all the same.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal) { "MASALAH", "KHAWATIR", "KEBERATAN", "SENDIRI", "TERLAMBAT", "TELAT" };

    private static readonly HashSet<string> StaysAway = new(StringComparer.Ordinal) { "ABSEN", "BERHALANGAN", "IZIN", "IJIN", "BATAL" };

    /// <summary>A doubt, a condition, another one in his place, or a question, with which people leave out the mark.</summary>
    private static readonly HashSet<string> Doubts = new(StringComparer.Ordinal)
    {
        "BELUM", "BLM", "MUNGKIN", "BARANGKALI", "RAGU", "DIUSAHAKAN", "USAHAKAN", "TENTATIF", "KALAU", "KALO", "JIKA", "BILA", "SEMOGA", "SULIT", "SUSAH", "KURANG",
        "DIWAKILI", "DIWAKILKAN", "MEWAKILKAN", "APA", "APAKAH", "SIAPA", "KAPAN", "BERAPA", "BRP", "MANA", "DIMANA", "BAGAIMANA", "KENAPA", "MENGAPA", "?",
    };

    // A word, or what ends a clause.
    [GeneratedRegex(@"\p{L}+|[.,;:!?\n]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    /// <summary>True: he comes; false: he does not; null: he said neither, or both, or asks.</summary>
    public static bool? Of(string text)
    {
        var tokens = Token().Matches(text.ToUpperInvariant()).Select(token => token.Value).ToList();
        if (tokens.Exists(Doubts.Contains))
            return null;
        var (yes, no, isUnclear) = (false, false, false);
        for (var n = 0; n < tokens.Count; n++)
        {
            if (!Not.Contains(tokens[n]) && !NotThat.Contains(tokens[n]))
            {
                yes |= Comes.Contains(tokens[n]);
                no |= StaysAway.Contains(tokens[n]);
                continue;
            }

            // "Tidak masalah" denies something else; of "tidak akan bisa hadir" all is denied; what "tidak masalah saya hadir" denies only a person can tell.
            var clause = tokens.Skip(n + 1).TakeWhile(token => char.IsLetter(token[0])).ToList();
            var close = Not.Contains(tokens[n]) ? clause.TakeWhile(token => Comes.Contains(token) || Between.Contains(token)).Count() : 0;
            if (clause.Skip(close).Any(Comes.Contains))
                return null;
            no |= Not.Contains(tokens[n]) && (close == clause.Count || clause.Take(close).Any(Comes.Contains));
            isUnclear |= close == 0 && clause.Count > 0 && !Harmless.Contains(clause[0]);
            n += close;
        }

        return yes == no || (yes && isUnclear) ? null : yes;
    }
}
