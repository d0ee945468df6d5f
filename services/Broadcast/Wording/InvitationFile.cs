using System.Globalization;
using System.Security.Claims;
using System.Text;
using Broadcast.Receiving;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Wording;

/// <summary>The event of an invitation for a calendar (RFC 5545), for whoever may read the broadcast and for those to whom it was sent.</summary>
internal static class InvitationFile
{
    private const string ContentType = "text/calendar; charset=utf-8";

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/{id:guid}/invitation.ics", HandleAsync)
        .WithName("GetInvitationFile").WithSummary("The event of an invitation, for a calendar").RequirePermission(Permissions.ReceiveBroadcasts)
        .Produces<byte[]>(StatusCodes.Status200OK, "text/calendar").ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandleAsync(Guid id, ClaimsPrincipal user, BroadcastDb db, CancellationToken stop)
    {
        var broadcast = await db.ReadableBy(user).SingleOrDefaultAsync(b => b.Id == id, stop)
            ?? await db.ReceivedBy(user).Where(mine => mine.Broadcast.Id == id).Select(mine => mine.Broadcast).SingleOrDefaultAsync(stop);
        var revision = broadcast is null ? null
            : await db.Revisions.AsNoTracking().SingleOrDefaultAsync(r => r.BroadcastId == id && r.No == broadcast.Revision && r.Invitation != null, stop);
        return revision is null
            ? Problems.NotFound()
            : TypedResults.File(Encoding.UTF8.GetBytes(Of(broadcast!, revision, await FirstAsync(db, broadcast!, stop))), ContentType, string.Create(CultureInfo.InvariantCulture, $"undangan-{broadcast!.Number}.ics"));
    }

    private sealed record First(Guid Id, long Number);

    /// <summary>Of the broadcasts that correct one another.</summary>
    private static async Task<First> FirstAsync(BroadcastDb db, BroadcastMessage broadcast, CancellationToken stop) => broadcast.CorrectsId is null
        ? new(broadcast.Id, broadcast.Number)
        : (await db.Database.SqlQuery<First>($"""
            with recursive chain as (
              select id, number, corrects_id from broadcast where id = {broadcast.CorrectsId}
              union all select b.id, b.number, b.corrects_id from chain join broadcast b on b.id = chain.corrects_id)
            select id as "Id", number as "Number" from chain where corrects_id is null
            """).ToListAsync(stop)).Single();

    /// <summary>
    /// The file's text. A correction is the same event as what it corrects, and newer (RFC 5545, 3.8.7.4), so that a calendar puts it in its place. Numbers only grow; 1,000 leaves
    /// room for the revisions of each.
    /// </summary>
    private static string Of(BroadcastMessage broadcast, Revision revision, First first)
    {
        var invitation = Invitation.Read(revision.Invitation)!;
        var description = PlaceholderText.Render(revision.Text, null, null, null) + (invitation.Dress is { } dress ? $"\n{Texts.Of("broadcast.dress")}: {dress}" : "");
        string?[] lines =
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Platform//Broadcast//ID", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VEVENT",
            $"UID:{first.Id}@broadcast", $"DTSTAMP:{Utc(revision.WrittenAt)}", $"DTSTART:{Utc(invitation.StartsAt!.Value)}",
            invitation.EndsAt is { } end ? $"DTEND:{Utc(end)}" : null,
            FormattableString.Invariant($"SEQUENCE:{((broadcast.Number - first.Number) * 1_000) + revision.No}"), $"SUMMARY:{Escaped(broadcast.Subject)}", $"LOCATION:{Escaped(invitation.Place)}", $"DESCRIPTION:{Escaped(description)}",
            "END:VEVENT", "END:VCALENDAR",
        ];
        return string.Concat(lines.OfType<string>().Select(Folded));
    }

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Lines of 75 octets at most, the blank of a continuation among them, never cut inside a character.</summary>
    private static string Folded(string line)
    {
        var folded = new StringBuilder(line.Length + 2);
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > 75)
            {
                folded.Append("\r\n ");
                octets = 1;
            }

            folded.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        return folded.Append("\r\n").ToString();
    }
}
