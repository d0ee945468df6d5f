using System.Globalization;

namespace InboundSms.Deadlines;

/// <summary>
/// The hours in which the city serves, by its own clock. BJN 13 knows no hours: what is counted here stands beside the legal clock and never replaces it.
/// </summary>
internal sealed class ServiceCalendar
{
    private static readonly string[] TimeFormats = [@"h\:mm", @"hh\:mm"];

    // Ten years without an hour of service: nobody configures that in earnest.
    private const int MostDays = 3660;

    private readonly Dictionary<DayOfWeek, List<(TimeSpan From, TimeSpan To)>> _week;
    private readonly HashSet<DateOnly> _holidays;
    private readonly TimeZoneInfo _zone;

    private ServiceCalendar(Dictionary<DayOfWeek, List<(TimeSpan From, TimeSpan To)>> week, HashSet<DateOnly> holidays, TimeZoneInfo zone) =>
        (_week, _holidays, _zone) = (week, holidays, zone);

    /// <summary>Null when no hours are given.</summary>
    /// <exception cref="FormatException">Hours that are none, lie within each other, or end before they begin.</exception>
    public static ServiceCalendar? Of(IDictionary<DayOfWeek, string> hours, IEnumerable<DateOnly> holidays, TimeZoneInfo zone)
    {
        var week = hours.ToDictionary(day => day.Key, day => Read(day.Value));
        return week.Values.All(periods => periods.Count == 0) ? null : new(week, [.. holidays], zone);
    }

    /// <summary>How much service time lies between two instants.</summary>
    public TimeSpan Between(DateTimeOffset from, DateTimeOffset to)
    {
        var sum = TimeSpan.Zero;
        foreach (var period in PeriodsSince(from).TakeWhile(period => period.From < to))
            sum += (period.To < to ? period.To : to) - (period.From > from ? period.From : from);
        return sum;
    }

    /// <summary>The instant at which so much service time has passed.</summary>
    public DateTimeOffset After(DateTimeOffset from, TimeSpan time)
    {
        foreach (var period in PeriodsSince(from))
        {
            var start = period.From > from ? period.From : from;
            if (period.To - start >= time)
                return start + time;
            time -= period.To - start;
        }

        throw new InvalidOperationException("There is no service for years.");
    }

    /// <summary>In order, the first being the one that an instant lies in, or the next.</summary>
    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> PeriodsSince(DateTimeOffset instant)
    {
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, _zone).DateTime);
        return Enumerable.Range(0, MostDays).Select(first.AddDays).Where(day => !_holidays.Contains(day) && _week.ContainsKey(day.DayOfWeek))
            .SelectMany(day => _week[day.DayOfWeek].Select(period => (From: At(day, period.From), To: At(day, period.To)))).Where(period => period.To > instant);
    }

    private DateTimeOffset At(DateOnly day, TimeSpan time)
    {
        var local = day.ToDateTime(TimeOnly.MinValue) + time;
        return new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static List<(TimeSpan From, TimeSpan To)> Read(string hours)
    {
        var periods = new List<(TimeSpan From, TimeSpan To)>();
        foreach (var period in hours.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (period.Split('-', StringSplitOptions.TrimEntries) is not [var start, var end] || !TryRead(start, out var from) || !TryRead(end, out var to)
                || from >= to || (periods.Count > 0 && from < periods[^1].To))
                throw new FormatException($"{hours}: service hours are written as 08:00-12:00, 13:00-16:00.");
            periods.Add((from, to));
        }

        return periods;
    }

    private static bool TryRead(string time, out TimeSpan sinceMidnight)
    {
        if (time != "24:00")
            return TimeSpan.TryParseExact(time, TimeFormats, CultureInfo.InvariantCulture, out sinceMidnight);
        sinceMidnight = TimeSpan.FromDays(1);
        return true;
    }
}
