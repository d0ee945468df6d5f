using Broadcast.Storage;
using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.Messaging;

namespace Broadcast.Sending;

/// <summary>
/// Keeps how Notification says that a broadcast stands, and pauses it when too many of the last ones have failed, or no end is heard of too many: a wrong sender name, or a
/// provider without credit or one that loses everything, would otherwise use up the whole list.
/// </summary>
internal sealed partial class FollowProgress(BroadcastDb db, IOptions<BroadcastOptions> options, TimeProvider clock, ILogger<FollowProgress> log) : IConsumer<SmsGroupProgressed>
{
    public async Task Consume(ConsumeContext<SmsGroupProgressed> context)
    {
        var (told, stop, now) = (context.Message, context.CancellationToken, clock.GetUtcNow());
        // In the order of the runner: the broadcast, then its sending.
        var broadcast = await db.Broadcasts.FromSql($"select * from broadcast where id = {told.GroupId} for no key update").SingleOrDefaultAsync(stop);
        if (broadcast is null)
            return;
        var sending = await db.Sendings.FromSql($"select * from sending where broadcast_id = {told.GroupId} for update").SingleOrDefaultAsync(stop);
        if (sending is null || !sending.Learn(told))
            return;
        // What expires unsent has not failed for a reason that a pause could mend.
        var revision = await db.Revisions.AsNoTracking().SingleAsync(r => r.BroadcastId == broadcast.Id && r.No == broadcast.Revision, stop);
        var fails = sending.FailsTooMuch(options.Value.PauseAtFailed, options.Value.PauseWindow);
        var isSilent = sending.IsSilent(options.Value.PauseAtSilent, options.Value.PauseWindow, options.Value.SilentAfter);
        if ((fails || isSilent) && broadcast.State == BroadcastState.Sending && !(revision.UsefulUntil <= now))
        {
            if (fails)
                broadcast.PauseByItself(db, sending, "failures", now);
            else
                broadcast.MeetSilence(db, sending, now);
            GoesWrong(log, broadcast.Id, sending.Failed, sending.Pending, sending.Processed);
        }

        await db.SaveChangesAsync(stop);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Broadcast {Id} goes wrong: of {Processed} {Failed} have failed and {Pending} are pending")]
    private static partial void GoesWrong(ILogger log, Guid id, long failed, long pending, long processed);
}
