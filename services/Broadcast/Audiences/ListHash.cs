using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;

namespace Broadcast.Audiences;

/// <summary>
/// What the examiner signs of a list: SHA-256 over the lines <c>official|post|number</c> of those who get an SMS, in the order of the officials' ids. The post is empty
/// for who is in by name.
/// </summary>
internal static class ListHash
{
    public static Task<byte[]> ComputeAsync(BroadcastDb db, Guid broadcastId, int revision, CancellationToken stop) => db.Database.SqlQuery<byte[]>($"""
        select sha256(convert_to(coalesce(string_agg(official_id || '|' || coalesce(position_id::text, '') || '|' || coalesce(number, ''), E'\n' order by official_id), ''), 'UTF8')) as "Value"
        from recipient where broadcast_id = {broadcastId} and revision = {revision} and state <> 'Skipped'
        """).SingleAsync(stop);
}
