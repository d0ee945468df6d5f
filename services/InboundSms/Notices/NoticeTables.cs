using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace InboundSms.Notices;

/// <summary>The two notices of BJN 12(2).</summary>
internal enum NoticeKind
{
    /// <summary>Messages have come in within the last hour.</summary>
    Hourly,
    /// <summary>Messages of the day have not been answered.</summary>
    Daily,
}

/// <summary>That an official was told of a window.</summary>
internal sealed class NoticeWindow
{
    public required Guid OfficialId { get; init; }
    public required NoticeKind Kind { get; init; }
    /// <summary>The hour's or the day's start.</summary>
    public required DateTimeOffset WindowStart { get; init; }
    public required DateTimeOffset Since { get; init; }
    public required Guid NoticeId { get; init; }
    public required int Messages { get; init; }
    public required DateTimeOffset ToldAt { get; init; }
}

/// <summary>That an official has still to hear of what came in since then.</summary>
internal sealed class HeldNotice
{
    public required Guid OfficialId { get; init; }
    public required NoticeKind Kind { get; init; }
    public required DateTimeOffset Since { get; init; }
}

/// <summary>Copy of what an official has chosen.</summary>
internal sealed class NoticePreference
{
    public required Guid OfficialId { get; init; }
    public required bool HourlyNotices { get; init; }
    public TimeOnly? DailyAt { get; init; }
    public TimeOnly? QuietFrom { get; init; }
    public TimeOnly? QuietTo { get; init; }
    public required long Version { get; init; }

    public QuietHours? QuietHours => (QuietFrom, QuietTo) is ({ } from, { } to) ? new(from, to) : null;
}

internal static class NoticeTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<NoticeWindow>(window =>
        {
            window.ToTable("notice_window").HasKey(w => new { w.OfficialId, w.Kind, w.WindowStart });
            window.Property(w => w.Kind).HasConversion<string>();
        });
        model.Entity<HeldNotice>(held =>
        {
            held.ToTable("notice_held").HasKey(h => new { h.OfficialId, h.Kind });
            held.Property(h => h.Kind).HasConversion<string>();
        });
        model.Entity<NoticePreference>(preference =>
        {
            preference.ToTable("notice_preference").HasKey(p => p.OfficialId);
            preference.Ignore(p => p.QuietHours);
        });
    }
}
