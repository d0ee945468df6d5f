using System.ComponentModel.DataAnnotations;
using Contracts.Notification;
using Notification.Operating;

namespace Notification.Sending;

/// <summary>Section <c>Sending</c>.</summary>
public sealed record SendingOptions
{
    /// <summary>Sends what names no channel.</summary>
    [Required]
    public string DefaultChannel { get; init; } = "kannel";

    /// <summary>Handovers of urgent lanes at the same time, for each channel of each instance; each is recorded by itself.</summary>
    [Range(1, 1000)]
    public int InFlight { get; init; } = 16;

    /// <summary>The same of the lanes that can wait. Both together are the most that can become uncertain when an instance is killed.</summary>
    [Range(1, 1000)]
    public int PatientInFlight { get; init; } = 64;

    /// <summary>Intents committed together.</summary>
    [Range(1, 100)]
    public int Batch { get; init; } = 8;

    /// <summary>The same of the lanes that can wait.</summary>
    [Range(1, 1000)]
    public int PatientBatch { get; init; } = 32;

    /// <summary>How long a provider may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an SMS whose order does not say may wait for its handover, by purpose.</summary>
    public IDictionary<SmsPurpose, TimeSpan> Validity { get; init; } = new Dictionary<SmsPurpose, TimeSpan>
    {
        [SmsPurpose.OneTimeCode] = TimeSpan.FromMinutes(10),
        [SmsPurpose.Emergency] = TimeSpan.FromHours(6),
        [SmsPurpose.AutoAnswer] = TimeSpan.FromHours(6),
        [SmsPurpose.Answer] = TimeSpan.FromHours(24),
        [SmsPurpose.Notice] = TimeSpan.FromHours(12),
        [SmsPurpose.Broadcast] = TimeSpan.FromHours(24),
    };

    /// <summary>What the providers take in a time, by a name of one's choice.</summary>
    public IDictionary<string, RateLimit> Limits { get; init; } = new Dictionary<string, RateLimit>(StringComparer.Ordinal);

    /// <summary>What may be used in a month, by a name of one's choice.</summary>
    public IDictionary<string, Budget> Budgets { get; init; } = new Dictionary<string, Budget>(StringComparer.Ordinal);

    /// <summary>The part of each limit that broadcasts may use.</summary>
    [Range(0.01, 1)]
    public double BroadcastShare { get; init; } = 0.8;

    /// <summary>From then on what waits at a provider that fails goes to the next one in order of preference.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan FailOverAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which nothing more is expected; operators keep an SMS for two or three days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan NoReportAfter { get; init; } = TimeSpan.FromHours(72);

    /// <summary>How often it is told how a group stands that moves.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan GroupProgressEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Calls within half a minute from which on a channel rests when half of them fail.</summary>
    [Range(2, 1000)]
    public int BreakAfter { get; init; } = 10;

    public TimeSpan ValidityOf(SmsPurpose purpose) => Validity.TryGetValue(purpose, out var validity) ? validity : TimeSpan.FromHours(24);

    /// <summary>Every validity is at least a minute and at most a week; every limit and every budget is one.</summary>
    public bool IsInBounds => Validity.Values.All(validity => validity >= TimeSpan.FromMinutes(1) && validity <= TimeSpan.FromDays(7))
        && Limits.Values.All(limit => Validator.TryValidateObject(limit, new(limit), validationResults: null, validateAllProperties: true))
        && Budgets.Values.All(budget => Validator.TryValidateObject(budget, new(budget), validationResults: null, validateAllProperties: true));
}
