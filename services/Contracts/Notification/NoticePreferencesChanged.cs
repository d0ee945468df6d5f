namespace Contracts.Notification;

/// <summary>An official has said how he wants to be told of what can wait. Who has never said anything has the city's settings.</summary>
public sealed record NoticePreferencesChanged
{
    public required Guid OfficialId { get; init; }
    /// <summary>He wants the hourly notice of what came in (BJN 12(2)a). The daily one cannot be switched off.</summary>
    public required bool HourlyNotices { get; init; }
    /// <summary>When he wants the daily notice (BJN 12(2)b), as <c>HH:mm</c> of the city's clock; null: when the city sends it.</summary>
    public string? DailyAt { get; init; }
    /// <summary>His own quiet hours, both or none, as <c>HH:mm</c>; null: the city's.</summary>
    public string? QuietFrom { get; init; }
    public string? QuietTo { get; init; }
    public required long Version { get; init; }
}
