using InboundSms.Notices;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace InboundSms.Tests.Notices;

public sealed class NoticeRoundTests
{
    private static readonly TimeOnly DailyAt = new(2, 30);

    /// <summary>Cities whose clocks jump, by an hour, into and over the daily time; and ours, whose does not.</summary>
    public static TheoryData<string> Zones => ["Asia/Jakarta", "Asia/Jayapura", "UTC", "Asia/Kathmandu", "Europe/Berlin", "America/New_York"];

    [Theory]
    [MemberData(nameof(Zones))]
    public void NOT_1_2_T5_over_two_years_every_hour_has_one_window_and_every_day_one_notice(string zone)
    {
        var city = new CityTime(Options.Create(new CityOptions { TimeZone = zone }));
        var (start, random) = (new DateTimeOffset(2027, 12, 1, 0, 0, 0, TimeSpan.Zero), new Random(2028));
        foreach (var kind in Enum.GetValues<NoticeKind>())
        {
            var (at, windows) = (DateTimeOffset.MinValue, new List<(DateTimeOffset Start, DateTimeOffset Since, DateTimeOffset Until)>());
            for (var now = start; now < start.AddYears(2); now += TimeSpan.FromMinutes(random.Next(1, 20)))
            {
                var until = city.Floor(now, NoticeRound.StepOf(kind));
                if (until <= at)
                    continue;
                if (NoticeRound.After(at, kind, until, now, DailyAt).DueFor(null, null, city) is { } due)
                    windows.Add((due.Start, due.Since, until));
                at = until;
            }

            windows.Select(window => window.Start).ShouldBeUnique();
            if (kind == NoticeKind.Hourly)
            {
                windows.Zip(windows.Skip(1)).ShouldAllBe(pair => pair.Second.Since == pair.First.Until);
                windows.Count.ShouldBeInRange(731 * 24 - 2, 731 * 24 + 4);
                windows.ShouldAllBe(window => city.Local(window.Until).Minute == 0);
            }
            else
            {
                windows.Select(window => DateOnly.FromDateTime(city.Local(window.Start).DateTime)).ShouldBe(
                    Enumerable.Range(0, windows.Count).Select(day => DateOnly.FromDateTime(city.Local(windows[0].Start).DateTime).AddDays(day)));
                windows.Count.ShouldBeInRange(730, 732);
                // No message lies between two days.
                windows.Zip(windows.Skip(1)).ShouldAllBe(pair => pair.Second.Since <= pair.First.Until);
            }
        }
    }
}
