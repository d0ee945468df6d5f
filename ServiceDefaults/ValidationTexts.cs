using System.Globalization;
using System.Text.RegularExpressions;

namespace ServiceDefaults;

/// <summary>
/// What is wrong with a field, in the caller's language. The framework's own messages are English only and name the property; the field's name stands beside them anyway.
/// </summary>
internal static partial class ValidationTexts
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private static readonly (Regex Message, string Text)[] Known =
    [
        (Required(), "validation.required"), (Between(), "validation.length"), (Entries(), "validation.entries"), (AtMost(), "validation.at-most"), (AtLeast(), "validation.at-least"),
        (Range(), "validation.range"), (Pattern(), "validation.pattern"), (Email(), "validation.email"), (Url(), "validation.url"),
    ];

    public static string Of(string message)
    {
        foreach (var (known, text) in Known)
        {
            if (known.Match(message) is { Success: true } match)
                return string.Format(CultureInfo.CurrentCulture, Texts.Of(text), match.Groups["a"].Value, match.Groups["b"].Value);
        }

        return message;
    }

    [GeneratedRegex("^The .+ field is required\\.$", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Required();

    [GeneratedRegex("minimum length of '?(?<a>\\d+)'? and a maximum length of '?(?<b>\\d+)'?\\.$", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Between();

    [GeneratedRegex("minimum length of '?(?<a>\\d+)'? and maximum length of '?(?<b>\\d+)'?\\.$", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entries();

    [GeneratedRegex("maximum length of '?(?<a>\\d+)'?\\.$", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AtMost();

    [GeneratedRegex("minimum length of '?(?<a>\\d+)'?\\.$", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AtLeast();

    [GeneratedRegex("must be between (?<a>\\S+) and (?<b>\\S+)\\.$", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Range();

    [GeneratedRegex("must match the regular expression", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();

    [GeneratedRegex("is not a valid e-mail address", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Email();

    [GeneratedRegex("is not a valid fully-qualified http, https, or ftp URL", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Url();
}
