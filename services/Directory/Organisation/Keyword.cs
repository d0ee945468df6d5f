using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;

namespace Directory.Organisation;

/// <summary>First word of an SMS, names the addressee (BJN 1(18)): 2 to 16 letters or digits, upper case.</summary>
internal static partial class Keyword
{
    public const int LongestAsWritten = 64;

    /// <summary>Words of one position that are valid or entered ahead; the event carries them all.</summary>
    public const int MostOfPosition = 50;

    /// <summary>Words that mean something else when they come first.</summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "STOP", "BERHENTI", "UNREG",         // operators and gateways act on them themselves: the person wants no more SMS
        "MULAI", "START",                    // alone: wants them again
        "RAHASIA",                           // the citizen asks that the message be kept from the public site
        "CEK",                               // asks for the status of an earlier message
        "INFO", "HELP", "BANTUAN",           // asks for the list of keywords (BJN 12(7))
    }.ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex("^[A-Z0-9]{2,16}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spelled();

    /// <summary>As it is stored, or a problem's code.</summary>
    public static (string? Keyword, string? Problem) Read(string written)
    {
        var keyword = written.Trim().ToUpperInvariant();
        return !Spelled().IsMatch(keyword) ? (null, "keyword")
            : Reserved.Contains(keyword) ? (null, "keyword-reserved")
            : (keyword, null);
    }

    /// <summary>The code of the problem that a refused save of a position's words stands for, or null.</summary>
    public static string? ProblemOf(DbUpdateException failure) =>
        failure.Breaks(Constraints.KeywordOnce) ? "keyword-taken"
        : failure.Breaks(Constraints.KeywordRests) ? "keyword-rests"
        : null;
}
