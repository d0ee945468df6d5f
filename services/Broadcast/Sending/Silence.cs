using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Broadcast.Sending;

/// <summary>
/// Nothing is heard of a broadcast any more. It is paused, and whoever answers for it is told: what has stood for long shall not go out hours later without a person's word.
/// An emergency goes as soon as it can; of it people are told, again and again.
/// </summary>
internal sealed partial class Silence(BroadcastDb db, IOptions<BroadcastOptions> options, CityTime city, TimeProvider clock, ILogger<Silence> log)
{
    /// <summary>Some SMS wait, and Notification has told nothing. The caller has locked the row, and commits.</summary>
    /// <param name="broadcast">Of which no more can be ordered now.</param>
    /// <param name="listeningFrom">What was told before waits in our queue perhaps.</param>
    /// <param name="stop">Ends it.</param>
    public async Task LookAsync(BroadcastMessage broadcast, DateTimeOffset listeningFrom, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var since = now - options.Value.SilentAfter;
        if (broadcast.State != BroadcastState.Sending || broadcast.ChangedAt > since || listeningFrom > since)
            return;
        var sending = await db.Sendings.SingleAsync(s => s.BroadcastId == broadcast.Id, stop);
        if (sending.Ahead == 0 || sending.ToldAt > since || (!broadcast.IsEmergency && IsQuiet(since, now)) || await IsNoneAsync(broadcast, since, now, stop))
            return;
        broadcast.MeetSilence(db, sending, now);
        Stands(log, broadcast.Id, sending.Ahead);
        await db.SaveChangesAsync(stop);
    }

    /// <summary>Now, or when the silence began: the night does not count.</summary>
    private bool IsQuiet(DateTimeOffset since, DateTimeOffset now) => (city.QuietHours.EndAt(now, city) ?? city.QuietHours.EndAt(since, city)) is not null;

    /// <summary>It takes its turn behind another one of the same channel, or did so until a moment ago, or it is over, or people have been told of it already.</summary>
    private async Task<bool> IsNoneAsync(BroadcastMessage broadcast, DateTimeOffset since, DateTimeOffset now, CancellationToken stop)
    {
        var revision = await db.Revisions.AsNoTracking().SingleAsync(r => r.BroadcastId == broadcast.Id && r.No == broadcast.Revision, stop);
        return revision.UsefulUntil <= now
            || await db.Events.AnyAsync(e => e.BroadcastId == broadcast.Id && e.Kind == nameof(Silence) && e.At > since, stop)
            || await (
                from other in db.Broadcasts
                join worded in db.Revisions on new { BroadcastId = other.Id, No = other.Revision } equals new { worded.BroadcastId, worded.No }
                join moved in db.Sendings on other.Id equals moved.BroadcastId
                where other.Id != broadcast.Id && other.StartedAt != null && (other.State == BroadcastState.Sending || other.ChangedAt > since)
                    && worded.Channel == revision.Channel && moved.ToldAt > since
                select moved).AnyAsync(stop);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing is told of broadcast {Id} though {Ahead} SMS wait")]
    private static partial void Stands(ILogger log, Guid id, long ahead);
}
