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
            : TypedResults.File(Encoding.UTF8.GetBytes(Of(broadcast!, revision)), ContentType, string.Create(CultureInfo.InvariantCulture, $"undangan-{broadcast!.Number}.ics"));
    }

    /// <summary>The file's text.</summary>
    public static string Of(BroadcastMessage broadcast, Revision revision)
    {
        var invitation = Invitation.Read(revision.Invitation)!;
        var description = PlaceholderText.Render(revision.Text, null, null, null) + (invitation.Dress is { } dress ? $"\n{Texts.Of("broadcast.dress")}: {dress}" : "");
        string?[] lines =
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Platform//Broadcast//ID", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VEVENT",
            $"UID:{broadcast.Id}@broadcast", $"DTSTAMP:{Utc(revision.WrittenAt)}", $"DTSTART:{Utc(invitation.StartsAt!.Value)}",
            invitation.EndsAt is { } end ? $"DTEND:{Utc(end)}" : null,
            FormattableString.Invariant($"SEQUENCE:{revision.No}"), $"SUMMARY:{Escaped(broadcast.Subject)}", $"LOCATION:{Escaped(invitation.Place)}", $"DESCRIPTION:{Escaped(description)}",
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
