using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;

namespace Broadcast.Reporting;

/// <summary>What stands behind the decisions of a dossier, and what came back from recipients.</summary>
internal static class DossierParts
{
    public static async Task<IReadOnlyList<(string Name, object Value)>> OfAsync(BroadcastDb db, Guid id, CancellationToken stop)
    {
        var mandates = await db.Mandates.AsNoTracking().Where(m => db.Decisions.Any(d => d.BroadcastId == id && d.MandateId == m.Id)).OrderBy(m => m.GivenAt)
            .Select(m => new { m.Id, m.OfficialId, m.ValidFrom, m.ValidTo, m.Reason, m.GivenBy, m.GivenAt, m.EndedAt, m.EndedBy }).ToListAsync(stop);
        var closings = (await db.Set<MissingReportClosing>().AsNoTracking().Where(c => c.BroadcastId == id).OrderBy(c => c.ClosedAt).ToListAsync(stop)).ToLookup(c => c.OfficialId);
        // Without the note: who asked for the broadcast has the dossier, and it may name a number.
        var missing = (await db.Set<MissingReport>().AsNoTracking().Where(r => r.BroadcastId == id).OrderBy(r => r.ReportedAt).ThenBy(r => r.OfficialId)
            .Select(r => new { r.OfficialId, r.No, r.ReportedAt }).ToListAsync(stop))
            .ConvertAll(r => new { r.OfficialId, r.No, r.ReportedAt, closings = closings[r.OfficialId].Select(c => new { c.No, c.Reason, c.ClosedBy, c.ClosedAt }) });
        var answers = await db.Set<Answer>().AsNoTracking().Where(a => a.BroadcastId == id && a.OfficialId != null).OrderBy(a => a.At).ThenBy(a => a.Id)
            .Select(a => new { a.OfficialId, a.Via, a.Attends, a.Content!.Text, a.At }).ToListAsync(stop);
        return [.. mandates.Count > 0 ? [("mandat.json", (object)mandates)] : Array.Empty<(string, object)>(), ("laporan-tidak-diterima.json", missing), ("jawaban.json", answers)];
    }
}
