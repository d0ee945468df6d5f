using System.Globalization;
using System.Text.RegularExpressions;
using InboundSms.Storage;
using ServiceDefaults.Sms;

namespace InboundSms.Answering;

/// <summary>How an answer would travel.</summary>
/// <param name="Characters">As the operator counts them: septets, or UTF-16 units.</param>
/// <param name="Segments">SMS that are charged.</param>
/// <param name="IsGsm">False: one character outside the GSM alphabet makes all of it more than twice as long.</param>
public sealed record SmsLength(int Characters, int Segments, bool IsGsm)
{
    internal static SmsLength Of(string text) => SmsText.Measure(text) is var measured ? new(measured.Units, measured.Segments, measured.IsGsm) : null!;
}

/// <summary>What can stand in braces in a template: <c>{nomor}</c>, <c>{kata kunci}</c>.</summary>
internal static partial class TemplateText
{
    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    public static bool HasUnknownPlaceholder(string text) => Placeholder().Matches(text).Any(found => ValueOf(found, 0, "") is null);

    public static string Fill(string text, SmsCase smsCase) => Fill(text, smsCase.Number, smsCase.Keyword);

    /// <summary>As long as it will usually be, for a preview without a case.</summary>
    public static string Sample(string text) => Fill(text, 999_999, "KECAMATAN");

    private static string Fill(string text, long number, string? keyword) => Placeholder().Replace(text, found => ValueOf(found, number, keyword ?? "") ?? found.Value);

    private static string? ValueOf(Match placeholder, long number, string keyword) => placeholder.Groups["name"].Value.Trim().ToUpperInvariant() switch
    {
        "NOMOR" => number.ToString(CultureInfo.InvariantCulture),
        "KATA KUNCI" => keyword,
        _ => null,
    };
}
