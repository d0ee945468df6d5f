using System.Diagnostics;
using OpenTelemetry.Trace;

namespace ServiceDefaults;

/// <summary>
/// Keeps every trace while there are few, and so many a second when there are more: in a rush a trace costs half as much as the work that it shows, and the dashboard
/// forgets it within a minute. What was begun elsewhere is kept or not as it was decided there.
/// </summary>
/// <param name="perSecond">Traces begun in this process.</param>
/// <param name="clock">For the second.</param>
internal sealed class TraceSampler(int perSecond, TimeProvider clock) : Sampler
{
    private long _second;
    private int _begun;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
        samplingParameters.ParentContext.TraceId == default ? OfRoot(samplingParameters.Kind) : OfChild(samplingParameters.ParentContext, samplingParameters.Kind));

    // Calls of the background loops, which nobody asked for, would bury the traces of what people do.
    private SamplingDecision OfRoot(ActivityKind kind) => kind != ActivityKind.Client && IsAmongTheFirst() ? SamplingDecision.RecordAndSample : SamplingDecision.Drop;

    // MassTransit 8 tells the next service of a trace only where there is a span: without one, that service would begin its own.
    private static SamplingDecision OfChild(ActivityContext parent, ActivityKind kind) =>
        parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? SamplingDecision.RecordAndSample
        : kind is ActivityKind.Producer or ActivityKind.Consumer ? SamplingDecision.RecordOnly
        : SamplingDecision.Drop;

    private bool IsAmongTheFirst()
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        if (Interlocked.Exchange(ref _second, second) != second)
            Volatile.Write(ref _begun, 0);
        return Interlocked.Increment(ref _begun) <= perSecond;
    }
}
