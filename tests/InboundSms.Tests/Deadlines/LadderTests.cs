using InboundSms.Deadlines;

namespace InboundSms.Tests.Deadlines;

public sealed class LadderTests
{
    private static readonly DateTimeOffset Due = new(2026, 1, 5, 5, 0, 0, TimeSpan.Zero);
    private static readonly Ladder Default = Ladder.Of(new());

    // Minutes from the due instant; done before, sent now, skipped now, minutes until the next look.
    [Theory]
    [InlineData(-180, "", null, "", -60)]
    [InlineData(-61, "", null, "", -60)]
    [InlineData(-60, "", "Before60", "", -30)]
    [InlineData(-59, "Before60", null, "", -30)]
    [InlineData(-30, "Before60", "Before30", "", -10)]
    [InlineData(-10, "Before60 Before30", "Before10", "", 0)]
    [InlineData(0, "Before60 Before30 Before10", "Due", "", 30)]
    [InlineData(30, "Before60 Before30 Before10 Due", "After30", "", 60)]
    [InlineData(60, "Before60 Before30 Before10 Due After30", "After60", "", null)]
    [InlineData(6000, "Before60 Before30 Before10 Due After30 After60", null, "", null)]
    // Nobody looked for a while: what comes latest says all.
    [InlineData(-5, "", "Before10", "Before60 Before30", 0)]
    [InlineData(45, "Before60", "After30", "Before30 Before10 Due", 60)]
    [InlineData(9000, "", "After60", "Before60 Before30 Before10 Due After30", null)]
    // The clock was ahead and has been set back: what was said was said.
    [InlineData(-40, "Before60 Before30 Before10", null, "", -30)]
    [InlineData(-25, "Before60 Before30 Before10", null, "", -10)]
    // A stage that came into the settings behind the back of a case.
    [InlineData(5, "Before60 Before10 Due", null, "Before30", 30)]
    public void SMS_7_each_stage_is_done_once_and_only_the_latest_is_sent(int minute, string done, string? send, string skip, int? next)
    {
        var climb = Default.At(Due, Names(done).ToHashSet(StringComparer.Ordinal), Due.AddMinutes(minute));
        climb.Send?.Name.ShouldBe(send);
        (climb.Send is null).ShouldBe(send is null);
        climb.Skip.Select(stage => stage.Name).ShouldBe(Names(skip));
        climb.NextAt.ShouldBe(next is { } minutes ? Due.AddMinutes(minutes) : null);
    }

    [Fact]
    public void SMS_7_whenever_anybody_looks_each_stage_is_done_exactly_once()
    {
        var random = new Random(60);
        for (var n = 0; n < 1000; n++)
        {
            var (done, now, sent) = (new List<string>(), Due.AddHours(-3), 0);
            while (now < Due.AddHours(2))
            {
                var climb = Default.At(Due, done.ToHashSet(StringComparer.Ordinal), now);
                done.AddRange(climb.Skip.Select(stage => stage.Name));
                if (climb.Send is { } stage)
                {
                    done.Add(stage.Name);
                    sent++;
                }

                (climb.NextAt is null).ShouldBe(now >= Due.AddHours(1));
                now = now.AddMinutes(random.Next(-10, 90));
            }

            done.AddRange(Default.At(Due, done.ToHashSet(StringComparer.Ordinal), now).Skip.Select(stage => stage.Name));
            done.ShouldBeUnique();
            sent.ShouldBeGreaterThan(0);
        }
    }

    private static string[] Names(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
