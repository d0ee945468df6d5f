using System.ComponentModel.DataAnnotations;

namespace Notification.Sending;

/// <summary>
/// Section <c>Sending:Limits:&lt;name&gt;</c>: what a provider takes in a time. It holds for its channels together, so that one limit can be a provider, an account with
/// several channels, or the prefixes of one operator.
/// </summary>
public sealed record RateLimit
{
    [Range(1, 100_000)]
    public int Segments { get; init; } = 1;

    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan Per { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Segments that may go at once after a rest; one: always evenly spaced.</summary>
    [Range(1, 100_000)]
    public int Burst { get; init; } = 1;

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Of numbers in E.164, for example <c>+62811</c>. Empty: all.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    public TimeSpan Interval => Per / Segments;

    public bool CoversChannel(string channel) => Channels.Count == 0 || Channels.Contains(channel, StringComparer.Ordinal);

    public bool CoversNumber(string number) => Prefixes.Count == 0 || Prefixes.Any(prefix => number.StartsWith(prefix, StringComparison.Ordinal));
}

/// <summary>
/// A limit at an instant: the generic cell rate algorithm with segments as cells. In any window there are at most the limit's segments and, at its edges, the
/// burst's and the other segments of one SMS.
/// </summary>
internal sealed class Pace(string name, RateLimit limit, double broadcastShare, DateTimeOffset nextAt, DateTimeOffset broadcastNextAt)
{
    public string Name => name;
    public RateLimit Limit => limit;
    public DateTimeOffset NextAt { get; private set; } = nextAt;
    public DateTimeOffset BroadcastNextAt { get; private set; } = broadcastNextAt;

    public DateTimeOffset StartOf(bool isBroadcast, DateTimeOffset now)
    {
        var start = Later(NextAt - ((limit.Burst - 1) * limit.Interval), now);
        return isBroadcast ? Later(BroadcastNextAt, start) : start;
    }

    /// <summary>Segments that may start within <paramref name="ahead"/>.</summary>
    public int RoomFor(bool isBroadcast, DateTimeOffset now, TimeSpan ahead) => StartOf(isBroadcast, now) > now + ahead
        ? 0
        : (int)Math.Clamp(Math.Floor((now + ahead - Later(NextAt, now)) / limit.Interval) + limit.Burst, 1, int.MaxValue);

    public void Take(DateTimeOffset start, int segments, bool isBroadcast)
    {
        NextAt = Later(NextAt, start) + (segments * limit.Interval);
        if (isBroadcast)
            BroadcastNextAt = start + (segments * limit.Interval / broadcastShare);
    }

    public Pace Copy() => new(Name, limit, broadcastShare, NextAt, BroadcastNextAt);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
