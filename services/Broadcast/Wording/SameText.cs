using Broadcast.Receiving;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Broadcast.Wording;

/// <summary>Whether the very same text has just gone out or is about to: two people at once, or one who does not remember, would send it twice.</summary>
internal static class SameText
{
    /// <summary>
    /// Numbers of the broadcasts with this text whose sending began in the last 24 hours, or that are submitted, scheduled or late. What an answer begins with differs
    /// between them, and does not count.
    /// </summary>
    /// <param name="db">Of the handler.</param>
    /// <param name="text">As it is kept.</param>
    /// <param name="own">Number of the broadcast whose text it is, which is left out; null: it is of none yet.</param>
    /// <param name="answers">By which code they begin.</param>
    /// <param name="now">Of the request.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<IReadOnlyList<long>> FindAsync(BroadcastDb db, string text, long? own, ReceivingOptions answers, DateTimeOffset now, CancellationToken stop)
    {
        var (bare, dayAgo) = (text.Replace(answers.CodeOf(own), PlaceholderText.Code, StringComparison.Ordinal), now.AddDays(-1));
        return await db.Database.SqlQuery<long>($"""
            select b.number as "Value" from broadcast b join revision r on r.broadcast_id = b.id and r.no = b.revision
            where b.number <> {own ?? 0} and (b.started_at >= {dayAgo} or b.state in ('Submitted', 'Scheduled', 'Late'))
              and replace(r.text, {answers.AnswerCode} || b.number, {PlaceholderText.Code}) = {bare}
            order by b.number desc limit {Paging.PageSize}
            """).ToListAsync(stop);
    }
}
