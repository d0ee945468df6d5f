using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Broadcast.Wording;

/// <summary>
/// An instant on which something goes out by itself. Elsewhere a time without an offset is the city's; here a person who thinks of another zone would only notice when
/// a thousand officials have been woken, so the offset is asked for.
/// </summary>
internal static partial class Moment
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    [GeneratedRegex(@"(Z|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Offset();

    /// <summary>What is wrong with it; none is no instant and right.</summary>
    public static ProblemHttpResult? Refuse(string field, string? written, out DateTimeOffset? instant)
    {
        instant = null;
        if (written is null)
            return null;
        if (!Offset().IsMatch(written))
            return Problems.Invalid(field, "offset-required");
        if (!DateTimeOffset.TryParseExact(written, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var exact) || exact.Year is <= 1 or >= 9999)
            return Problems.Invalid(field, "value");
        instant = exact.ToUniversalTime().InMicroseconds;
        return null;
    }
}
