using System.Globalization;

namespace ServiceDefaults;

/// <summary>
/// The time of day, on the city's clock, in which nobody is woken for what can wait: <c>[From, To)</c>, over midnight where it ends before it begins, none where both
/// are the same.
/// </summary>
public sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    /// <summary>How times of day are written.</summary>
    public const string TimePattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

    private const string TimeFormat = "HH:mm";

    public static QuietHours None { get; } = new(default, default);

    public TimeSpan Length => To - From;

    /// <summary><c>21:00-06:00</c>; empty: none.</summary>
    /// <exception cref="FormatException">It is written otherwise.</exception>
    public static QuietHours Parse(string text) => text.Split('-') switch
    {
        [""] => None,
        [var from, var to] => new(ReadTime(from), ReadTime(to)),
        _ => throw new FormatException($"'{text}' is not written as 21:00-06:00."),
    };

    /// <summary>Of a text of <see cref="TimePattern"/>.</summary>
    public static TimeOnly ReadTime(string text) => TimeOnly.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Those that are now, else the next ones; null where there are none.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? PeriodAt(DateTimeOffset instant, CityTime city)
    {
        if (From == To)
            return null;
        // Those of yesterday may not be over.
        var day = DateOnly.FromDateTime(city.Local(instant).DateTime).AddDays(-1);
        while (EndOf(day) <= instant)
            day = day.AddDays(1);
        return (city.At(day, From), EndOf(day));

        DateTimeOffset EndOf(DateOnly started) => city.At(To < From ? started.AddDays(1) : started, To);
    }

    /// <summary>When they are over, if they are at this instant; else null.</summary>
    public DateTimeOffset? EndAt(DateTimeOffset instant, CityTime city) => PeriodAt(instant, city) is var (from, to) && from <= instant ? to : null;
}
