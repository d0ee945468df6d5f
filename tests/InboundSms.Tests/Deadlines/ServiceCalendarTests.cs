using System.Globalization;
using InboundSms.Deadlines;

namespace InboundSms.Tests.Deadlines;

public sealed class ServiceCalendarTests
{
    private static readonly TimeZoneInfo Jakarta = TimeZoneInfo.FindSystemTimeZoneById("Asia/Jakarta");

    private static readonly ServiceCalendar Office = ServiceCalendar.Of(
        new Dictionary<DayOfWeek, string>
        {
            [DayOfWeek.Monday] = "08:00-12:00, 13:00-16:00",
            [DayOfWeek.Tuesday] = "08:00-12:00, 13:00-16:00",
            [DayOfWeek.Wednesday] = "08:00-12:00, 13:00-16:00",
            [DayOfWeek.Thursday] = "08:00-12:00, 13:00-16:00",
            [DayOfWeek.Friday] = "08:00-11:30, 13:30-16:00",
        },
        [new(2025, 12, 25), new(2026, 1, 1), new(2026, 1, 16)], Jakarta)!;

    private static readonly ServiceCalendar Always = ServiceCalendar.Of(
        Enum.GetValues<DayOfWeek>().ToDictionary(day => day, _ => "00:00-24:00"), [], Jakarta)!;

    // 5 January 2026 is a Monday; times on the wall in Jakarta.
    [Theory]
    [InlineData("2026-01-05 09:00", "2026-01-05 11:00", "02:00")]
    [InlineData("2026-01-05 11:00", "2026-01-05 14:00", "02:00")] // noon is no service
    [InlineData("2026-01-05 12:00", "2026-01-05 13:00", "00:00")]
    [InlineData("2026-01-05 06:00", "2026-01-05 09:00", "01:00")] // before the doors open
    [InlineData("2026-01-05 15:00", "2026-01-06 09:00", "02:00")] // over midnight
    [InlineData("2026-01-05 23:00", "2026-01-06 02:00", "00:00")] // at night
    [InlineData("2026-01-09 15:00", "2026-01-12 09:00", "02:00")] // over a weekend
    [InlineData("2026-01-10 10:00", "2026-01-11 20:00", "00:00")] // in a weekend
    [InlineData("2026-01-15 15:30", "2026-01-19 08:30", "01:00")] // Thursday, holiday, weekend, Monday
    [InlineData("2025-12-31 15:00", "2026-01-02 09:00", "02:00")] // over the year's end
    [InlineData("2026-01-05 00:00", "2026-01-12 00:00", "34:00")] // a whole week
    [InlineData("2026-01-05 09:00", "2026-01-05 09:00", "00:00")]
    [InlineData("2026-01-05 09:00", "2026-01-05 08:00", "00:00")] // a clock that went back
    public void SMS_7_service_time_between_two_instants(string from, string to, string time)
    {
        var parts = time.Split(':');
        Office.Between(At(from), At(to)).ShouldBe(new TimeSpan(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), 0));
    }

    [Theory]
    [InlineData("2026-01-05 09:00", "2026-01-05 12:00")] // up to the last minute before noon
    [InlineData("2026-01-05 09:01", "2026-01-05 13:01")]
    [InlineData("2026-01-05 14:00", "2026-01-06 09:00")] // over midnight
    [InlineData("2026-01-05 02:00", "2026-01-05 11:00")]
    [InlineData("2026-01-09 14:30", "2026-01-12 09:30")] // over a weekend
    [InlineData("2026-01-10 12:00", "2026-01-12 11:00")]
    [InlineData("2026-01-15 14:00", "2026-01-19 09:00")] // holiday, weekend
    [InlineData("2025-12-31 15:00", "2026-01-02 10:00")] // over the year's end
    public void SMS_7_three_hours_of_service_end(string from, string due)
    {
        Office.After(At(from), TimeSpan.FromHours(3)).ShouldBe(At(due));
        Office.Between(At(from), At(due)).ShouldBe(TimeSpan.FromHours(3));
    }

    [Fact]
    public void SMS_7_service_by_day_and_night_is_the_legal_clock()
    {
        var random = new Random(13);
        for (var n = 0; n < 1000; n++)
        {
            var from = At("2025-11-20 00:00").AddSeconds(random.Next(80 * 86400));
            var to = from.AddSeconds(random.Next(10 * 86400));
            Always.Between(from, to).ShouldBe(to - from);
            Always.After(from, to - from).ShouldBe(to);
        }
    }

    [Fact]
    public void SMS_7_service_time_is_a_sum_and_never_more_than_the_legal_one()
    {
        var random = new Random(7);
        for (var n = 0; n < 1000; n++)
        {
            var a = At("2025-12-20 00:00").AddSeconds(random.Next(40 * 86400));
            var b = a.AddSeconds(random.Next(5 * 86400));
            var c = b.AddSeconds(random.Next(5 * 86400));
            (Office.Between(a, b) + Office.Between(b, c)).ShouldBe(Office.Between(a, c));
            Office.Between(a, c).ShouldBeLessThanOrEqualTo(c - a);
            Office.Between(a, Office.After(a, c - b)).ShouldBe(c - b);
        }
    }

    [Theory]
    [InlineData("8-16")]
    [InlineData("16:00-08:00")]
    [InlineData("08:00-08:00")]
    [InlineData("08:00-12:00,11:00-16:00")]
    [InlineData("08:00-25:00")]
    [InlineData("pagi")]
    [InlineData("08:00")]
    public void SMS_7_hours_that_are_none_are_refused(string hours) =>
        Should.Throw<FormatException>(() => ServiceCalendar.Of(new Dictionary<DayOfWeek, string> { [DayOfWeek.Monday] = hours }, [], Jakarta));

    [Fact]
    public void SMS_7_without_hours_there_is_no_second_clock() =>
        ServiceCalendar.Of(new Dictionary<DayOfWeek, string> { [DayOfWeek.Sunday] = " " }, [], Jakarta).ShouldBeNull();

    private static DateTimeOffset At(string local) => new(DateTime.Parse(local, CultureInfo.InvariantCulture), TimeSpan.FromHours(7));
}
