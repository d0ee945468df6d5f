using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace InboundSms.Reporting;

/// <summary>Days of the city's calendar that a report is over.</summary>
internal static class Period
{
    private const int LongestDays = 366;
    private static readonly CultureInfo Indonesian = CultureInfo.GetCultureInfo("id");

    public static ProblemHttpResult? Check(DateOnly from, DateOnly to)
    {
        if (to < from)
            return Problems.Invalid("to", "period-reversed");
        return to.DayNumber - from.DayNumber < LongestDays && to < DateOnly.MaxValue ? null : Problems.Invalid("to", "period-too-long");
    }

    public static string Text(DateOnly from, DateOnly to) => string.Create(Indonesian, $"{from:d MMMM yyyy} – {to:d MMMM yyyy}");
}
