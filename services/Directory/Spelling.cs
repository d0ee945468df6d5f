namespace Directory;

/// <summary>How the short texts of the directory are written. None of them lets a control character through: PostgreSQL refuses NUL.</summary>
internal static class Spelling
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
    public const int LongestReason = 500;
    public const int LongestCursor = 128;
}
