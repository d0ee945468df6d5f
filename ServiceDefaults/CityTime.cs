using System.Globalization;
using Microsoft.Extensions.Options;

namespace ServiceDefaults;

/// <summary>Section <c>City</c>.</summary>
public sealed record CityOptions
{
    /// <summary>Where a rule says hour, day, month or year. IANA name.</summary>
    public string TimeZone { get; init; } = "Asia/Jakarta";

    /// <summary>When what can wait wakes no official; empty: never. Emergencies, answers, codes and deadlines know no night.</summary>
    public string QuietHours { get; init; } = "21:00-06:00";
}

/// <summary>The city's clock on the wall; storage is always UTC.</summary>
public sealed class CityTime(IOptions<CityOptions> options)
{
    private static readonly string[] WithoutOffset = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss"];

    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone);

    public QuietHours QuietHours { get; } = QuietHours.Parse(options.Value.QuietHours);

    /// <summary>When a day of the city's calendar begins.</summary>
    public DateTimeOffset StartOf(DateOnly day) => At(day, TimeOnly.MinValue);

    /// <summary>When the city's clock shows this time.</summary>
    public DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>The latest full step of the city's clock, such as a full hour.</summary>
    public DateTimeOffset Floor(DateTimeOffset instant, TimeSpan step) => instant.AddTicks(-(Local(instant).TimeOfDay.Ticks % step.Ticks));

    /// <summary>What the city's clock and calendar show.</summary>
    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    /// <summary>An instant of a query: with an offset as written; without one, or a date alone, as the city's clock shows it. None is null.</summary>
    public bool TryRead(string? written, out DateTimeOffset? instant)
    {
        instant = TryReadLocal(written, out var local) ? local
            : DateTimeOffset.TryParseExact(written, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var exact) && IsBounded(exact.Year)
            ? exact.ToUniversalTime()
            : null;
        return instant is not null || written is null;
    }

    /// <summary>At the ends of the calendar no other zone has a time.</summary>
    internal static bool IsBounded(int year) => year is > 1 and < 9999;

    internal bool TryReadLocal(string? written, out DateTimeOffset instant)
    {
        var isLocal = DateTime.TryParseExact(written, WithoutOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && IsBounded(local.Year);
        instant = isLocal ? new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime() : default;
        return isLocal;
    }
}

/// <summary>What PostgreSQL keeps of a time.</summary>
public static class StoredTime
{
    extension(DateTimeOffset instant)
    {
        /// <summary>The instant without its part below a microsecond. What is both stored and told is cut first: a database rounds, and a copy would differ.</summary>
        public DateTimeOffset InMicroseconds => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
