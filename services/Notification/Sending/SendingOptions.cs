using System.ComponentModel.DataAnnotations;

namespace Notification.Sending;

/// <summary>Section <c>Sending</c>.</summary>
public sealed record SendingOptions
{
    /// <summary>Sends what names no channel.</summary>
    [Required]
    public string DefaultChannel { get; init; } = "kannel";

    /// <summary>Handovers at the same time, for each channel of each instance: also the most that can become uncertain when an instance is killed.</summary>
    [Range(1, 1000)]
    public int InFlight { get; init; } = 16;

    /// <summary>Intents committed together.</summary>
    [Range(1, 100)]
    public int Batch { get; init; } = 8;

    /// <summary>How long a provider may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an SMS without <c>ExpiresAt</c> may wait for its handover.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan Validity { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Calls within half a minute from which on a channel rests when half of them fail.</summary>
    [Range(2, 1000)]
    public int BreakAfter { get; init; } = 10;
}
