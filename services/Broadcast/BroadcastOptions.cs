using System.ComponentModel.DataAnnotations;
using Broadcast.Sending;

namespace Broadcast;

/// <summary>Section <c>Broadcast</c>.</summary>
public sealed record BroadcastOptions
{
    /// <summary>What a segment costs in rupiah; null: not known.</summary>
    [Range(0, 100_000)]
    public decimal? PricePerSegment { get; init; }

    /// <summary>Under a dated mandate of the Chair. The regulation says only that the Secretary helps him (KOR 7(5)), so a city must want it.</summary>
    public bool SecretaryMayExamine { get; init; }

    /// <summary>Characters of a sender name (KOR 1(17): usually 8 at most); networks take 11.</summary>
    [Range(1, 11)]
    public int LongestSenderId { get; init; } = 8;

    /// <summary>How many SMS of one broadcast Notification may have that it has not handed over: what is ordered ahead can be taken back, but only one by one.</summary>
    [Range(OrderChunk.Size, 100_000)]
    public int MostAhead { get; init; } = 2_000;

    /// <summary>A broadcast is paused when this part of the last ones has failed.</summary>
    [Range(0.01, 1)]
    public double PauseAtFailed { get; init; } = 0.2;

    /// <summary>How many the last ones are. No more of them go ahead at its beginning.</summary>
    [Range(OrderChunk.Size, 10_000)]
    public int PauseWindow { get; init; } = 200;

    /// <summary>
    /// A broadcast is paused when a provider said nothing more of this part of what it took within <see cref="SilentAfter"/>. 0: never, where a provider sends no delivery reports.
    /// </summary>
    [Range(0, 1)]
    public double PauseAtSilent { get; init; } = 0.4;

    /// <summary>It is paused too when so long nothing was told of it while SMS wait, quiet hours apart.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromMinutes(15);
}
