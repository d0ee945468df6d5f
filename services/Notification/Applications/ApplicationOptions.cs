using System.ComponentModel.DataAnnotations;

namespace Notification.Applications;

/// <summary>Section <c>Applications</c>.</summary>
public sealed record ApplicationOptions
{
    /// <summary>Messages that an application may order in a day, where nobody has said otherwise for it. Those of test keys count apart.</summary>
    [Range(0, 10_000_000)]
    public int PerDay { get; init; } = 10_000;

    /// <summary>What a segment costs in rupiah, for previews; null: not known.</summary>
    [Range(0, 100_000)]
    public decimal? SegmentPrice { get; init; }
}
