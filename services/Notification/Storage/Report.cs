using Microsoft.EntityFrameworkCore;
using Notification.Providers;

namespace Notification.Storage;

/// <summary>A delivery report as it came; parked while it fits no SMS.</summary>
internal sealed class Report
{
    public long Seq { get; private init; }
    public string Channel { get; private init; } = "";
    public string Reference { get; private init; } = "";
    public string Code { get; private init; } = "";
    public SmsState Told { get; private init; }
    public string? Reason { get; private init; }
    public DateTimeOffset? DoneAt { get; private init; }
    public DateTimeOffset ReceivedAt { get; private init; }
    public string? Part { get; private init; }
    public int Seen { get; private init; }
    public DateTimeOffset? AppliedAt { get; set; }

    /// <summary>Durable when this returns; the same report again only counts.</summary>
    public static Task<int> StoreAsync(DbContext db, string channel, ProviderReport report, DateTimeOffset now, CancellationToken stop)
    {
        var told = report.Told.ToString();
        return db.Database.ExecuteSqlAsync($"""
            insert into report (channel, reference, code, told, reason, done_at, part, received_at)
            values ({channel}, {report.Reference}, {report.Code}, {told}, {report.Reason}, {report.DoneAt}, {report.Part}, {now})
            on conflict (channel, reference, code, done_at) do update set seen = report.seen + 1
            """, stop);
    }
}
