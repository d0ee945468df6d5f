using System.Globalization;
using Broadcast.Storage;
using Contracts.Directory;
using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Broadcast.Sending;

/// <summary>What pausing, resuming and cancelling have in common.</summary>
internal static class Moves
{
    /// <summary>
    /// The broadcast as a person saw it, locked: the runner makes no step meanwhile. Refused when it has moved on, or is in no state from which this is possible.
    /// </summary>
    public static async Task<(BroadcastMessage? Broadcast, ProblemHttpResult? Refusal)> TakeAsync(
        this BroadcastDb db, Guid id, long? version, BroadcastState[] from, CancellationToken stop) =>
        await db.Broadcasts.FromSql($"select * from broadcast where id = {id} for no key update").SingleOrDefaultAsync(stop) switch
        {
            null => (null, Problems.NotFound()),
            var moved when moved.Version != version => (null, Problems.Conflict("changed-meanwhile")),
            var other when !from.Contains(other.State) => (null, Problems.Conflict("broadcast-state", other.State.ToString())),
            var broadcast => (broadcast, null),
        };

    public static void Pause(this BroadcastMessage broadcast, BroadcastDb db, string actor, DateTimeOffset now, object details)
    {
        (broadcast.State, broadcast.ChangedAt) = (BroadcastState.Paused, now);
        broadcast.Version++;
        db.Publish(broadcast.Id, actor, new HoldSmsGroup { GroupId = broadcast.Id, IsHeld = true, Version = broadcast.Version });
        db.Record(broadcast, nameof(PauseBroadcast), actor, now, details);
    }

    /// <summary>Who answers for broadcasts hears that one needs a decision.</summary>
    public static void TellResponsible(this BroadcastDb db, BroadcastMessage broadcast, string text, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        db.Publish(id, Outbox.System, new TellResponsible { Id = id, Text = string.Format(CultureInfo.InvariantCulture, Texts.InIndonesian(text), broadcast.Number) });
    }

    /// <summary>As a person wrote it, for the history.</summary>
    public static string Plain(string reason) => reason.Trim().Replace('\0', '\uFFFD');
}
