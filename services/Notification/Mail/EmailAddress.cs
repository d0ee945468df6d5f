using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Notification.Mail;

/// <summary>Addresses as they may stand in an SMTP command: nothing of them can end the command and begin another.</summary>
internal static partial class EmailAddress
{
    public const int Longest = 254;

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spelled();

    public static bool IsSpelled(string address) => address.Length <= Longest && address.IndexOf('@', StringComparison.Ordinal) is > 0 and <= 64 && Spelled().IsMatch(address);

    /// <summary>For lists: the mail server stays readable, the person does not. <c>w••••@example.id</c>.</summary>
    public static string Mask(string address) => string.Concat(address.AsSpan(0, 1), "••••", address.AsSpan(address.IndexOf('@', StringComparison.Ordinal)));
}

/// <summary>
/// Where a mail server sends what it could not deliver: an address of its own for each e-mail, signed, so that nobody can make an e-mail fail by writing to it.
/// </summary>
internal static class ReturnPath
{
    private const int Marks = 16;

    public static string Of(EmailOptions options, Guid id) =>
        options.BounceDomain.Length == 0 ? options.From : $"b-{id:n}-{MarkOf(options, id)}@{options.BounceDomain}";

    /// <summary>The e-mail that a return path is of, if we have given it out.</summary>
    public static Guid? Read(EmailOptions options, string? address)
    {
        var local = address?.Trim().Trim('<', '>').Split('@')[0].Split('-');
        return local is ["b" or "B", var name, var mark] && Guid.TryParseExact(name, "N", out var id) && mark.Length == Marks
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(MarkOf(options, id)), Encoding.UTF8.GetBytes(mark.ToUpperInvariant())) ? id : null;
    }

    private static string MarkOf(EmailOptions options, Guid id) =>
        Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.BounceSecret), Encoding.UTF8.GetBytes($"return-path:{id:n}")))[..Marks];
}
