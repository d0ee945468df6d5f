using System.Text.RegularExpressions;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>How an official is reached, and the name that his messages carry.</summary>
internal static partial class Contact
{
    public const int LongestNumberAsWritten = 32;
    public const int LongestSenderIdAsWritten = 64;

    [GeneratedRegex("^(?=.*[A-Za-z])[A-Za-z0-9]{1,8}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SenderIdSpelled();

    /// <summary>E.164 of a mobile number, where notices can arrive (BJN 12(1)b), or a problem's code.</summary>
    public static (string? Number, string? Problem) ReadNoticePhone(string? written) =>
        written is null ? (null, null)
        : PhoneNumber.Parse(written) is { Kind: SenderKind.Mobile } number ? (number.Value, null)
        : (null, "notice-phone");

    /// <summary>At most 8 letters and digits (BJN 1(20), KOR 1(17)), never a number: operators would take it for one.</summary>
    public static (string? SenderId, string? Problem) ReadSenderId(string? written) =>
        written is null ? (null, null)
        : SenderIdSpelled().IsMatch(written.Trim()) ? (written.Trim(), null)
        : (null, "sender-id");

    /// <summary>The code of the problem that a refused save of an official stands for, or null.</summary>
    public static string? ProblemOf(DbUpdateException failure) =>
        failure.Breaks(Constraints.EmployeeNumber) ? "employee-number-taken"
        : failure.Breaks(Constraints.NoticePhone) ? "notice-phone-taken"
        : failure.Breaks(Constraints.SenderId) ? "sender-id-taken"
        : null;
}
