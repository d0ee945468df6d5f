using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>How an official is reached, and the name that his messages carry.</summary>
internal static partial class Contact
{
    /// <summary>Names under which somebody else is known: a message that carries one of them is a fraud, or is taken for one and blocked.</summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "TSEL", "SIMPATI", "KARTUAS", "BYU", "INDOSAT", "IM3", "TRI", "XL", "AXIS", "SMARTFRN",            // operators speak to their own customers
        "BI", "OJK", "LPS", "BCA", "BNI", "BRI", "BRIMO", "BTN", "BSI", "BJB", "MANDIRI", "LIVIN", "CIMB",   // banks and those who watch over them send codes
        "DANAMON", "PERMATA", "OCBC", "MAYBANK", "BUKOPIN", "MUAMALAT",
        "DANA", "OVO", "GOPAY", "GOJEK", "GRAB", "LINKAJA", "SHOPEE", "TOKOPED",                             // purses do as well
        "POLRI", "POLISI", "POLDA", "POLRES", "TNI", "KEJAKSA", "KPK", "BIN", "BNN", "BNPB", "BMKG",         // whose word makes people afraid or run
        "KOMDIGI", "KOMINFO", "KEMENKES", "DJP", "PAJAK", "BPJS", "KPU", "BAWASLU", "PLN",       // the state's own offices
        "INFO", "OTP", "ADMIN", "SMS",                                                                       // say nothing about who speaks
    }.Select(Looks).ToFrozenSet(StringComparer.Ordinal);

    public const int LongestNumberAsWritten = 32;
    public const int LongestSenderIdAsWritten = 64;

    [GeneratedRegex("^(?=.*[A-Za-z])[A-Za-z0-9]{1,8}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SenderIdSpelled();

    /// <summary>E.164 of a mobile number, where notices can arrive (BJN 12(1)b), or a problem's code. Of this country: providers here do not send abroad, or for much money.</summary>
    public static (string? Number, string? Problem) ReadNoticePhone(string? written, NoticePhoneOptions options) =>
        written is null ? (null, null)
        : PhoneNumber.Parse(written) is not { Kind: SenderKind.Mobile } number ? (null, "notice-phone")
        : !number.Value.StartsWith("+62", StringComparison.Ordinal) ? (null, "notice-phone-foreign")
        : options.IsCity(number) ? (null, "notice-phone-city")
        : (number.Value, null);

    /// <summary>At most 8 letters and digits (BJN 1(20), KOR 1(17)), never a number: operators would take it for one.</summary>
    public static (string? SenderId, string? Problem) ReadSenderId(string? written) =>
        written is null ? (null, null)
        : !SenderIdSpelled().IsMatch(written.Trim()) ? (null, "sender-id")
        : Reserved.Contains(Looks(written.Trim())) ? (null, "sender-id-reserved")
        : (written.Trim(), null);

    /// <summary>As the eye takes it: a letter for the digits and letters that are mistaken for it; small L is capital I. The database has the same (<c>looks</c>).</summary>
    public static string Looks(string senderId) =>
        senderId.ToUpperInvariant().Replace('L', 'I').Replace('0', 'O').Replace('1', 'I').Replace('3', 'E').Replace('4', 'A').Replace('5', 'S').Replace('8', 'B');

    /// <summary>The code of the problem that a refused save of an official stands for, or null.</summary>
    public static string? ProblemOf(DbUpdateException failure) =>
        failure.Breaks(Constraints.EmployeeNumber) ? "employee-number-taken"
        : failure.Breaks(Constraints.NoticePhone) ? "notice-phone-taken"
        : failure.Breaks(Constraints.NoticePhoneRests) ? "notice-phone-rests"
        : failure.Breaks(Constraints.SenderIdOnce) ? "sender-id-taken"
        : failure.Breaks(Constraints.SenderIdRests) ? "sender-id-rests"
        : null;
}
