using System.ComponentModel.DataAnnotations;

namespace Broadcast;

/// <summary>Section <c>Broadcast</c>.</summary>
public sealed record BroadcastOptions
{
    /// <summary>What a segment costs in rupiah; null: not known.</summary>
    [Range(0, 100_000)]
    public decimal? PricePerSegment { get; init; }

    /// <summary>Under a dated mandate of the Chair. The regulation says only that the Secretary helps him (KOR 7(5)), so a city must want it.</summary>
    public bool SecretaryMayExamine { get; init; }
}
