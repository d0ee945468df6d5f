using Broadcast.Storage;
using Broadcast.Wording;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Sms;

namespace Broadcast.Audiences;

/// <summary>How many segments each recipient's SMS has. One statement cannot say: a text that names people differs from one to the next.</summary>
internal static class RecipientSegments
{
    private const int PageSize = 5_000;

    /// <summary>Of the form that names nobody.</summary>
    public static int Neutral(string text) => Of(text, "", null, null, isShared: true);

    public static int Of(string text, string name, string? title, string? unitCode, bool isShared) =>
        SmsText.Measure(isShared ? PlaceholderText.Render(text, null, null, null) : PlaceholderText.Render(text, name, title, unitCode)).Segments;

    /// <summary>Sets them for recipients of the revision that came or changed at this moment, where they differ from what the row says.</summary>
    public static async Task MeasureAsync(BroadcastDb db, Revision r, DateTimeOffset changedAt, CancellationToken stop)
    {
        if (PlaceholderText.IsPlain(r.Text))
            return;
        var recipients = db.Recipients.AsNoTracking()
            .Where(x => x.BroadcastId == r.BroadcastId && x.Revision == r.No && x.State == RecipientState.Listed && x.ChangedAt == changedAt);
        for (var last = Guid.Empty; ;)
        {
            var page = await recipients.Where(x => x.OfficialId.CompareTo(last) > 0).OrderBy(x => x.OfficialId).Take(PageSize)
                .Select(x => new { x.OfficialId, x.Name, x.Title, x.UnitCode, x.IsShared, x.Segments }).ToListAsync(stop);
            if (page.Count == 0)
                return;
            last = page[^1].OfficialId;
            var others = page.ConvertAll(x => (x.OfficialId, Was: x.Segments, Is: Of(r.Text, x.Name, x.Title, x.UnitCode, x.IsShared))).FindAll(x => x.Was != x.Is);
            var (ids, segments) = (others.ConvertAll(x => x.OfficialId), others.ConvertAll(x => x.Is));
            await db.Database.ExecuteSqlAsync($"""
                update recipient set segments = measured.segments from unnest({ids}, {segments}) as measured(official_id, segments)
                where broadcast_id = {r.BroadcastId} and revision = {r.No} and recipient.official_id = measured.official_id
                """, stop);
        }
    }
}
