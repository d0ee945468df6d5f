using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;

namespace Broadcast.Audiences;

/// <summary>
/// What the examiner signs of a list: SHA-256 over a line for each who gets an SMS, in the order of the officials' ids: a JSON array of the official, the post (null for who is in
/// by name), the number, whether it is shared, and the name, title and unit that the text takes up.
/// </summary>
internal static class ListHash
{
    public static Task<byte[]> ComputeAsync(BroadcastDb db, Guid broadcastId, int revision, CancellationToken stop) => db.Database.SqlQuery<byte[]>($"""
        select sha256(convert_to(coalesce(string_agg(jsonb_build_array(official_id, position_id, number, is_shared, name, title, unit_code)::text, E'\n' order by official_id), ''), 'UTF8')) as "Value"
        from recipient where broadcast_id = {broadcastId} and revision = {revision} and state <> 'Skipped'
        """).SingleAsync(stop);
}
