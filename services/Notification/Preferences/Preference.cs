using ServiceDefaults;

namespace Notification.Preferences;

/// <summary>How an official wants to be told of what can wait. Who has never said anything has no row.</summary>
internal sealed class Preference
{
    public required Guid OfficialId { get; init; }
    public required bool HourlyNotices { get; init; }
    public TimeOnly? DailyAt { get; init; }
    public TimeOnly? QuietFrom { get; init; }
    public TimeOnly? QuietTo { get; init; }
    public required long Version { get; init; }

    public QuietHours? QuietHours => (QuietFrom, QuietTo) is ({ } from, { } to) ? new(from, to) : null;
}
