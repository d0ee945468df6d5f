using ServiceDefaults;

namespace InboundSms.Notices;

/// <summary>What is due in a round, by the city's clock.</summary>
/// <param name="Kind">Of the notices.</param>
/// <param name="Before">Up to when the round before it went. Further back than usual when nobody was there to do rounds.</param>
/// <param name="Until">What comes in later belongs to the next round.</param>
/// <param name="Now">When it is done.</param>
/// <param name="DailyAt">The daily notice, where the official has chosen no other time.</param>
internal sealed record NoticeRound(NoticeKind Kind, DateTimeOffset Before, DateTimeOffset Until, DateTimeOffset Now, TimeOnly DailyAt)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>
    /// The round that follows one at <paramref name="at"/>. Of windows that passed while everything was down, one notice tells: nobody gets a storm of old ones, and what
    /// is older than this is a matter of the ladder alone. A round in the future is of a clock that has been set back since.
    /// </summary>
    public static NoticeRound After(DateTimeOffset at, NoticeKind kind, DateTimeOffset until, DateTimeOffset now, TimeOnly dailyAt)
    {
        var longest = kind == NoticeKind.Hourly ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7);
        var before = at >= until || at == DateTimeOffset.MinValue ? until - StepOf(kind) : at < until - longest ? until - longest : at;
        return new(kind, before, until, now, dailyAt);
    }

    public static TimeSpan StepOf(NoticeKind kind) => kind == NoticeKind.Hourly ? Hour : TimeSpan.FromMinutes(15);

    /// <summary>Nothing before it is counted for anybody.</summary>
    public DateTimeOffset Earliest => Kind == NoticeKind.Hourly ? Until - TimeSpan.FromDays(1) : Earlier(Before, Until - TimeSpan.FromDays(2));

    /// <summary>The window that an official is to be told of, and since when what came in counts; null: none now.</summary>
    public (DateTimeOffset Start, DateTimeOffset Since)? DueFor(NoticePreference? chosen, DateTimeOffset? heldSince, CityTime city)
    {
        if (Kind == NoticeKind.Hourly)
            return chosen is { HourlyNotices: false } ? null : (Until - Hour, Later(heldSince ?? Before, Earliest));

        var time = chosen?.DailyAt ?? DailyAt;
        var day = DateOnly.FromDateTime(city.Local(Until).DateTime);
        if (city.At(day, time) > Until)
            day = day.AddDays(-1);
        // What is held is of this day, or of one before it; after a clock was set back it can be of the next.
        if (city.At(day, time) <= Before && !(heldSince < city.At(day, time)))
            return null;
        // A day ends with its notice: no evening lies between two of them.
        return (city.StartOf(day), Earlier(heldSince ?? Before, Earlier(Before, city.At(day.AddDays(-1), time))));
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
