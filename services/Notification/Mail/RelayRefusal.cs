using System.Text.RegularExpressions;

namespace Notification.Mail;

/// <summary>
/// An answer to RCPT that is about us: the server relays nothing for this host or account, or wants it to sign in first. There is no code for it of its own (RFC 5321 has 550 for
/// a mailbox and for policy alike, RFC 3463 gives X.7.1 to both), so its words decide, which servers have had alike for decades: Postfix "Relay access denied" (454 or 554), Exim "relay
/// not permitted", Sendmail "Relaying denied", Exchange "Unable to relay", qmail "not in my list of allowed rcpthosts".
/// </summary>
internal static partial class RelayRefusal
{
    public const string Reason = "relay-denied";

    [GeneratedRegex(@"\b(relay|relaying|rcpthosts)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();

    /// <param name="code">Three digits.</param>
    /// <param name="enhanced">Such as <c>5.7.1</c>, where the server says so. That of an address or a mailbox is never about us.</param>
    /// <param name="lines">Its words.</param>
    /// <param name="address">The recipient's: what stands in it are not the server's words.</param>
    public static bool Is(int code, string? enhanced, IEnumerable<string> lines, string address) =>
        // RFC 4954: authentication is required, or a stronger one.
        code is 530 or 534 or 538
        || (enhanced?.Split('.') is not [_, "1" or "2", _] && lines.Any(line => Words().IsMatch(line.Replace(address, "", StringComparison.OrdinalIgnoreCase))));
}
