using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace InboundSms.Tests.Testing;

/// <summary>What a counter of one service under test counts from now on; other tests of the run have counters of the same name.</summary>
public sealed class Counting : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _counted;

    /// <param name="instances">Whose counter; any of them can do the work.</param>
    /// <param name="name">Of the counter.</param>
    /// <param name="tag">Only what carries this value in any tag. Null: all.</param>
    public Counting(IReadOnlyList<IServiceProvider> instances, string name, string? tag = null)
    {
        var meters = instances.Select(instance => instance.GetRequiredService<IMeterFactory>()).ToHashSet<object>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name && instrument.Meter.Scope is { } scope && meters.Contains(scope))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tag is null)
                Interlocked.Add(ref _counted, value);
            foreach (var (_, said) in tags)
            {
                if (tag is not null && Equals(said, tag))
                    Interlocked.Add(ref _counted, value);
            }
        });
        _listener.Start();
    }

    public long Counted => Interlocked.Read(ref _counted);

    public void Dispose() => _listener.Dispose();
}
