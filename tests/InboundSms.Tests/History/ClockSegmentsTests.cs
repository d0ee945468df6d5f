using InboundSms.History;

namespace InboundSms.Tests.History;

public sealed class ClockSegmentsTests
{
    private static readonly DateTimeOffset Received = new(2026, 1, 5, 2, 0, 0, TimeSpan.Zero);
    private static readonly Guid Dinkes = Guid.CreateVersion7();
    private static readonly Guid Dpu = Guid.CreateVersion7();

    [Fact]
    public void SMS_7_the_way_of_a_case_is_told()
    {
        var segments = ClockSegments.Of(Received, Received.AddMinutes(180),
        [
            new(Received, CasePlace.Tray), new(Received.AddMinutes(12), CasePlace.Position, Dinkes, "DINKES"), new(Received.AddMinutes(75), CasePlace.Position, Dpu, "DPU"),
        ]);
        segments.Select(segment => (segment.Where.Place, segment.Where.Keyword, (segment.To - segment.From).TotalMinutes)).ShouldBe(
            [(CasePlace.Tray, null, 12), (CasePlace.Position, "DINKES", 63), (CasePlace.Position, "DPU", 105)]);
    }

    [Fact]
    public void SMS_7_every_instant_lies_in_one_segment_whatever_happened()
    {
        var random = new Random(13);
        for (var n = 0; n < 5000; n++)
        {
            var end = Received.AddTicks(random.NextInt64(TimeSpan.FromHours(8).Ticks));
            // Before the receipt, after the end, at the same instant, in any order.
            var places = Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(5) switch
            {
                0 => new Placed(Received, CasePlace.Tray),
                1 => new Placed(end, CasePlace.SetAside),
                _ => new Placed(Received.AddTicks(random.NextInt64(TimeSpan.FromHours(10).Ticks)) - TimeSpan.FromHours(1), CasePlace.Position, Dinkes, "DINKES"),
            }).ToList();
            var segments = ClockSegments.Of(Received, end, places);
            TimeSpan.FromTicks(segments.Sum(segment => (segment.To - segment.From).Ticks)).ShouldBe(end - Received);
            segments.ShouldAllBe(segment => segment.From < segment.To);
            segments.Zip(segments.Skip(1)).ShouldAllBe(pair => pair.First.To == pair.Second.From);
            if (segments.Count > 0)
                (segments[0].From, segments[^1].To).ShouldBe((Received, end));
        }
    }

    [Fact]
    public void SMS_7_a_clock_that_has_not_moved_has_no_segment() => ClockSegments.Of(Received, Received, [new(Received, CasePlace.Tray)]).ShouldBeEmpty();
}
