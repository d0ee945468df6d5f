using System.Text.RegularExpressions;

namespace Directory;

/// <summary>How the short texts of the directory are written. None of them lets a control character through: PostgreSQL refuses NUL.</summary>
internal static partial class Spelling
{
    /// <summary>Code of a unit or position, employee number.</summary>
    public const string Code = @"^[A-Za-z0-9][A-Za-z0-9._/\-]*$";
    public const int LongestCode = 32;

    public const string UserLogin = @"^[A-Za-z0-9][A-Za-z0-9._@\-]*$";
    public const int ShortestUserLogin = 3;
    public const int LongestUserLogin = 64;

    /// <summary>One line of readable text: a reason, a cursor.</summary>
    public const string Line = @"^\P{C}*$";

    /// <summary>The same, and not blank.</summary>
    public const string Name = @"^\P{C}*[^\s\p{C}]\P{C}*$";
    public const int LongestName = 200;
    public const int LongestGrade = 32;
    public const int LongestInstant = 40;
    public const int LongestReason = 500;
    public const int LongestCursor = 128;

    /// <summary>For the members of a list, which attributes do not reach.</summary>
    public static bool IsName(string? written) => written is { Length: <= LongestName } && NameSpelled().IsMatch(written);

    public static bool IsCode(string? written) => written is { Length: <= LongestCode } && CodeSpelled().IsMatch(written);

    [GeneratedRegex(Name, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NameSpelled();

    [GeneratedRegex(Code, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeSpelled();
}
