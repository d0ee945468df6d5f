using System.Text.RegularExpressions;

namespace Broadcast.Receiving;

/// <summary>Reads out of an SMS whether its writer comes. What is not plain is neither: a person reads it.</summary>
internal static partial class Attendance
{
    private static readonly HashSet<string> Comes = new(StringComparer.Ordinal)
    {
        "HADIR", "YA", "IYA", "Y", "YES", "SIAP", "BISA", "DAPAT", "OK", "OKE", "BERSEDIA", "DATANG", "IKUT", "SANGGUP", "SEMPAT",
    };

    private static readonly HashSet<string> Not = new(StringComparer.Ordinal) { "TIDAK", "TDK", "TAK", "GAK", "GA", "NGGAK", "ENGGAK", "NO", "BUKAN" };

    private static readonly HashSet<string> StaysAway = new(StringComparer.Ordinal) { "ABSEN", "BERHALANGAN", "IZIN", "IJIN", "BATAL" };

    private static readonly HashSet<string> Doubts = new(StringComparer.Ordinal) { "BELUM", "BLM", "MUNGKIN", "BARANGKALI", "RAGU", "DIUSAHAKAN", "INSYAALLAH", "INSYALLAH", "TENTATIF" };

    // A word, or what ends a clause.
    [GeneratedRegex(@"\p{L}+|[.,;:!?\n]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    /// <summary>True: he comes; false: he does not; null: he said neither, or both.</summary>
    public static bool? Of(string text)
    {
        var tokens = Token().Matches(text.ToUpperInvariant()).Select(token => token.Value).Append(".").ToList();
        var (yes, no) = (false, false);
        for (var n = 0; n < tokens.Count - 1; n++)
        {
            if (Doubts.Contains(tokens[n]))
                return null;
            var next = tokens[n + 1];
            if (Not.Contains(tokens[n]))
            {
                // "Tidak masalah" denies something else; of "tidak bisa hadir" all is denied.
                no |= Comes.Contains(next) || !char.IsLetter(next[0]);
                while (Comes.Contains(tokens[n + 1]))
                    n++;
                continue;
            }

            yes |= Comes.Contains(tokens[n]);
            no |= StaysAway.Contains(tokens[n]);
        }

        return yes == no ? null : yes;
    }
}
