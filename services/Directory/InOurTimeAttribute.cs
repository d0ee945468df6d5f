using System.ComponentModel.DataAnnotations;
using ServiceDefaults;

namespace Directory;

/// <summary>
/// An instant of something that is held: since the Republic, and not centuries ahead, as in an import. 0204 for 2024 is a slip of the pen, and 9999 says that the end is open,
/// which is said by leaving it out.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class InOurTimeAttribute : ValidationAttribute
{
    // A day of slack: the days are the city's.
    private static readonly DateTimeOffset Earliest = new(1945, 8, 16, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 2, 0, 0, 0, TimeSpan.Zero);

    public override bool IsValid(object? value) => value is not DateTimeOffset instant || (instant >= Earliest && instant <= Latest);

    public override string FormatErrorMessage(string name) => Texts.Of("problem.date-range");
}
