using System.ComponentModel.DataAnnotations;

namespace InboundSms.Notices;

/// <summary>Section <c>Notices</c>.</summary>
public sealed record NoticeOptions
{
    /// <summary>When the daily notice goes to who has chosen no time: full quarters of the city's clock. An hour is left of the working day to answer in.</summary>
    public TimeOnly DailyAt { get; init; } = new(15, 0);

    /// <summary>Where officials open their inbox; stands in the notices. None: they know where.</summary>
    [StringLength(60)]
    public string Link { get; init; } = "";

    /// <summary>How often it is looked whether an hour or a day is over.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(5);
}
