using InboundSms.Deadlines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace InboundSms.Tests.Deadlines;

public sealed class CaseClocksTests
{
    private static readonly DateTimeOffset Received = new(2026, 1, 9, 8, 0, 0, TimeSpan.Zero); // Friday, 15.00 in Jakarta

    [Fact]
    public void SMS_7_both_clocks_are_shown_and_never_mixed()
    {
        var clocks = Clocks(("Deadlines:ServiceHours:Friday", "08:00-16:00"), ("Deadlines:ServiceHours:Monday", "08:00-16:00"), ("Deadlines:Holidays:0", "2026-01-12"),
            ("Deadlines:ServiceHours:Tuesday", "08:00-16:00"));
        var shown = clocks.Of(Received, Received.AddHours(3), Received.AddHours(4));
        shown.Legal.ShouldBe(new Clock(Received.AddHours(3), 4 * 3600, -3600, true));
        // One hour on Friday, none on the holiday, two on Tuesday.
        shown.Service.ShouldBe(new Clock(new DateTimeOffset(2026, 1, 13, 3, 0, 0, TimeSpan.Zero), 3600, 2 * 3600, false));
    }

    [Fact]
    public void SMS_7_without_configured_hours_there_is_the_legal_clock_alone() =>
        Clocks().Of(Received, Received.AddHours(3), Received.AddHours(1)).ShouldBe(new(new(Received.AddHours(3), 3600, 2 * 3600, false), null));

    [Theory]
    [InlineData(10799.5, 10799, 1, false)]
    [InlineData(10800, 10800, 0, false)] // at the very instant it is still in time
    [InlineData(10800.1, 10800, 0, true)]
    [InlineData(-5, 0, 10800, false)] // a clock that was set back
    public void SMS_7_late_is_what_is_after_the_due_instant(double seconds, long elapsed, long remaining, bool isBreached) =>
        Clocks().Of(Received, Received.AddHours(3), Received.AddSeconds(seconds)).Legal.ShouldBe(new(Received.AddHours(3), elapsed, remaining, isBreached));

    [Fact]
    public void SMS_7_settings_change_add_and_switch_off_stages()
    {
        var options = Bind(("Deadlines:Ladder:BEFORE60:After", "-00:45:00"), ("Deadlines:Ladder:After60:To", "None"),
            ("Deadlines:Ladder:After120:After", "02:00:00"), ("Deadlines:Ladder:After120:To", "Secretariat, RegionalSecretary"));
        options.Ladder["Before60"].ShouldBe(new() { After = TimeSpan.FromMinutes(-45), To = Rungs.Handler });
        options.Ladder["After120"].To.ShouldBe(Rungs.Secretariat | Rungs.RegionalSecretary);
        var climb = Ladder.Of(options).At(Received, new HashSet<string>(), Received.AddHours(3));
        climb.Send!.Name.ShouldBe("After120");
        climb.Skip.Select(stage => stage.Name).ShouldBe(["Before60", "Before30", "Before10", "Due", "After30"]);
        climb.NextAt.ShouldBeNull();
    }

    private static CaseClocks Clocks(params (string Key, string Value)[] settings) =>
        new(Options.Create(Bind(settings)), new CityTime(Options.Create(new CityOptions())));

    private static DeadlineOptions Bind(params (string Key, string Value)[] settings)
    {
        var options = new DeadlineOptions();
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build()
            .GetSection("Deadlines").Bind(options);
        return options;
    }
}
