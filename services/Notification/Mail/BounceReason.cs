using System.Text.RegularExpressions;

namespace Notification.Mail;

/// <summary>Enhanced status codes (RFC 3463) in our words.</summary>
internal static partial class BounceReason
{
    [GeneratedRegex(@"\A(?<status>[245]\.\d{1,3}\.\d{1,3})\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Status();

    /// <summary>The code at the beginning of a line.</summary>
    public static string? StatusIn(string line) => Status().Match(line) is { Success: true } match ? match.Groups["status"].Value : null;

    public static string Of(string? status) => status?.Split('.') switch
    {
        [_, "1", "1" or "2" or "3" or "6" or "10"] => "address-unknown",
        [_, "2", "1"] => "mailbox-closed",
        [_, "2", "2"] => "mailbox-full",
        [_, "3", "4"] or [_, "2", "3"] => "too-large",
        [_, "4", "7"] => "expired-at-operator",
        [_, "7", _] => "refused-by-policy",
        _ => "refused-by-provider",
    };
}
