using Broadcast.Storage;
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

    /// <summary>Nobody asked for it, so whoever answers for broadcasts hears why.</summary>
    public static void PauseByItself(this BroadcastMessage broadcast, BroadcastDb db, SendingProgress sending, string reason, DateTimeOffset now)
    {
        broadcast.Pause(db, Outbox.System, now, sending.Standing(reason));
        db.TellResponsible(broadcast, $"broadcast.paused-by-{reason}", now);
    }

    /// <summary>An emergency goes as soon as it can, so of it people are only told.</summary>
    public static void MeetSilence(this BroadcastMessage broadcast, BroadcastDb db, SendingProgress sending, DateTimeOffset now)
    {
        if (!broadcast.IsEmergency)
        {
            broadcast.PauseByItself(db, sending, "silence", now);
            return;
        }

        db.Record(broadcast, nameof(Silence), Outbox.System, now, sending.Standing("silence"));
        db.TellResponsible(broadcast, "broadcast.silent", now);
    }

    /// <summary>For the history.</summary>
    private static object Standing(this SendingProgress sending, string reason) => new { reason, sending.Ahead, sending.Pending, sending.Failed, sending.Processed };

    /// <summary>
    /// A correction goes to whom this one had reached when the correction was submitted: after that it reaches nobody more. One that began is a correction, though it was cancelled.
    /// </summary>
    public static Task<bool> IsCorrectedAsync(this BroadcastDb db, Guid id, CancellationToken stop) => db.Broadcasts.AnyAsync(b => b.CorrectsId == id
        && (b.StartedAt != null || (b.State != BroadcastState.Draft && b.State != BroadcastState.Rejected && b.State != BroadcastState.Cancelled)), stop);

    /// <summary>As a person wrote it, for the history.</summary>
    public static string Plain(string reason) => reason.Trim().Replace('\0', '\uFFFD');
}
