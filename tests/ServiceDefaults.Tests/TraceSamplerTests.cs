using System.Diagnostics;
using Testing;
using OpenTelemetry.Trace;

namespace ServiceDefaults.Tests;

public sealed class TraceSamplerTests
{
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public void PLT_2_every_trace_is_kept_while_there_are_few_and_so_many_a_second_when_there_are_more()
    {
        var sampler = new TraceSampler(3, _clock);
        Enumerable.Range(0, 5).Select(_ => Of(sampler, default, ActivityKind.Server)).ShouldBe(
            [SamplingDecision.RecordAndSample, SamplingDecision.RecordAndSample, SamplingDecision.RecordAndSample, SamplingDecision.Drop, SamplingDecision.Drop]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Of(sampler, default, ActivityKind.Server).ShouldBe(SamplingDecision.RecordAndSample);
    }

    [Fact]
    public void PLT_2_calls_of_background_loops_begin_no_trace_and_take_no_place()
    {
        var sampler = new TraceSampler(1, _clock);
        Of(sampler, default, ActivityKind.Client).ShouldBe(SamplingDecision.Drop);
        Of(sampler, default, ActivityKind.Internal).ShouldBe(SamplingDecision.RecordAndSample);
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, ActivityKind.Client, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityTraceFlags.Recorded, ActivityKind.Consumer, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityTraceFlags.None, ActivityKind.Client, SamplingDecision.Drop)]
    [InlineData(ActivityTraceFlags.None, ActivityKind.Server, SamplingDecision.Drop)]
    [InlineData(ActivityTraceFlags.None, ActivityKind.Producer, SamplingDecision.RecordOnly)]
    [InlineData(ActivityTraceFlags.None, ActivityKind.Consumer, SamplingDecision.RecordOnly)]
    public void PLT_2_what_was_begun_elsewhere_is_kept_or_not_as_it_was_decided_there(ActivityTraceFlags parent, ActivityKind kind, SamplingDecision decision) =>
        Of(new(0, _clock), new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), parent), kind).ShouldBe(decision);

    private static SamplingDecision Of(TraceSampler sampler, ActivityContext parent, ActivityKind kind) =>
        sampler.ShouldSample(new(parent, parent.TraceId == default ? ActivityTraceId.CreateRandom() : parent.TraceId, "", kind, null, null)).Decision;
}
