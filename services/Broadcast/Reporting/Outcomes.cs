using System.Text.Json;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;

namespace Broadcast.Reporting;

/// <summary>
/// What became of a broadcast. <c>Frozen + Arrivals = Listed + Pending + Uncertain + Delivered + Failed + Withdrawn + Skipped</c>, always; what stands behind that is of
/// the same people.
/// </summary>
/// <param name="Frozen">People of the list that was approved.</param>
/// <param name="Arrivals">Who came to fulfil its rules before the sending, where that was decided.</param>
/// <param name="Listed">Nothing has been ordered for them.</param>
/// <param name="Pending">Ordered; neither delivered nor failed.</param>
/// <param name="Uncertain">Nobody knows whether the provider got it.</param>
/// <param name="Delivered">Says the handset, or its operator.</param>
/// <param name="Failed">For good.</param>
/// <param name="Withdrawn">Taken back before any provider had it.</param>
/// <param name="Skipped">Got none.</param>
/// <param name="SkippedBy">The same by reason.</param>
/// <param name="AtOperator">Of the pending ones, those that the operator has.</param>
/// <param name="Segments">Of what was ordered.</param>
/// <param name="Cost">Of these segments in rupiah, at the price of now: an estimate; null where no price is set.</param>
/// <param name="Read">Opened the web copy.</param>
/// <param name="Answered">Answered at least once, by web or SMS.</param>
/// <param name="Attend">Say in their latest answer that says either that they come: an unclear SMS after it takes nothing back.</param>
/// <param name="StayAway">Say that they do not.</param>
/// <param name="Missing">Say that no SMS came.</param>
/// <param name="Resent">SMS to one person, beside the list.</param>
public sealed record Outcome(
    long Frozen, long Arrivals, long Listed, long Pending, long Uncertain, long Delivered, long Failed, long Withdrawn, long Skipped, IReadOnlyDictionary<string, long> SkippedBy,
    long AtOperator, long Segments, decimal? Cost, long Read, long Answered, long Attend, long StayAway, long Missing, long Resent)
{
    /// <summary>Ordered from Notification.</summary>
    public long Sent => Pending + Uncertain + Delivered + Failed;
}

/// <summary>The figures of reports; one definition for the screen, the spreadsheet, the month and the dossier.</summary>
internal static class Outcomes
{
    private sealed record Counted(
        Guid BroadcastId, long Frozen, long Arrivals, long Listed, long Pending, long Uncertain, long Delivered, long Failed, long Withdrawn, long Skipped, string? SkippedBy,
        long AtOperator, long Segments, long Read, long Answered, long Attend, long StayAway, long Missing, long Resent);

    /// <summary>Of several broadcasts, by their ids; of the revision that counts.</summary>
    public static async Task<IReadOnlyDictionary<Guid, Outcome>> OfAsync(BroadcastDb db, IReadOnlyCollection<Guid> ids, decimal? pricePerSegment, CancellationToken stop)
    {
        Guid[] wanted = [.. ids];
        var rows = await db.Database.SqlQuery<Counted>($"""
            select b.id as "BroadcastId", r.*, reasons.skipped_by as "SkippedBy",
              (select count(*) from read_receipt x where x.broadcast_id = b.id) as "Read",
              a.*,
              (select count(*) from missing_report x where x.broadcast_id = b.id) as "Missing",
              (select count(*) from resend x where x.broadcast_id = b.id) as "Resent"
            from broadcast b
            cross join lateral (
              select count(*) filter (where not is_arrival) as "Frozen", count(*) filter (where is_arrival) as "Arrivals", count(*) filter (where state = 'Listed') as "Listed",
                count(*) filter (where state = 'Ordered' and not is_uncertain) as "Pending", count(*) filter (where state = 'Ordered' and is_uncertain) as "Uncertain",
                count(*) filter (where state = 'Delivered') as "Delivered", count(*) filter (where state = 'Failed') as "Failed",
                count(*) filter (where state = 'Withdrawn') as "Withdrawn", count(*) filter (where state = 'Skipped') as "Skipped",
                count(*) filter (where state = 'Ordered' and not is_uncertain and at_operator) as "AtOperator",
                coalesce(sum(segments) filter (where state in ('Ordered', 'Delivered', 'Failed')), 0)::bigint as "Segments"
              from recipient where broadcast_id = b.id and revision = b.revision) r
            cross join lateral (
              select json_object_agg(reason, n)::text as skipped_by
              from (select coalesce(skip_reason, 'other') as reason, count(*) as n from recipient
                where broadcast_id = b.id and revision = b.revision and state = 'Skipped' group by 1) by_reason) reasons
            cross join lateral (
              select count(*) as "Answered", count(*) filter (where attends) as "Attend", count(*) filter (where not attends) as "StayAway"
              from (select distinct on (official_id) attends from answer where broadcast_id = b.id and official_id is not null order by official_id, attends is null, at desc, id desc) latest) a
            where b.id = any({wanted})
            """).ToListAsync(stop);
        return rows.ToDictionary(row => row.BroadcastId, row => new Outcome(
            row.Frozen, row.Arrivals, row.Listed, row.Pending, row.Uncertain, row.Delivered, row.Failed, row.Withdrawn, row.Skipped,
            row.SkippedBy is { } reasons ? JsonSerializer.Deserialize<SortedDictionary<string, long>>(reasons)! : new SortedDictionary<string, long>(StringComparer.Ordinal),
            row.AtOperator, row.Segments, row.Segments * pricePerSegment, row.Read, row.Answered, row.Attend, row.StayAway, row.Missing, row.Resent));
    }
}
