using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;

namespace Broadcast.Wording;

/// <summary>For whom a text is shown before it has recipients: of each kind of post the holder whose name, title and unit are longest, and the form that names nobody.</summary>
internal static class Samples
{
    /// <param name="Kind">Of the post; <c>Person</c> for who is in by name, <c>Shared</c> for a phone of several.</param>
    internal sealed record Sample(string Kind, string? Name, string? Title, string? Unit);

    public static async Task<IReadOnlyList<Sample>> ForAsync(BroadcastDb db, string text, DateTimeOffset now, CancellationToken stop)
    {
        Sample shared = new("Shared", null, null, null);
        if (PlaceholderText.IsPlain(text))
            return [shared];
        var holders = await db.Database.SqlQuery<Sample>($"""
            select distinct on (1) coalesce(position.kind, 'Other') as "Kind", official.name as "Name", position.title as "Title", unit.code as "Unit"
            from organisation.assignment join organisation.position on position.id = assignment.position_id
              join organisation.official on official.id = assignment.official_id join organisation.unit on unit.id = position.unit_id
            where assignment.valid_from <= {now} and (assignment.valid_to is null or {now} < assignment.valid_to)
            order by 1, length(official.name) + length(position.title) + length(unit.code) desc, official.id
            """).ToListAsync(stop);
        return [.. holders, .. holders.MaxBy(holder => holder.Name!.Length) is { } longest ? [new Sample("Person", longest.Name, null, null)] : Array.Empty<Sample>(), shared];
    }
}
