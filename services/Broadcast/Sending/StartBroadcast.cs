using Broadcast.Audiences;
using Broadcast.Examination;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;

namespace Broadcast.Sending;

/// <summary>
/// The sending moment (BRO-6). What was approved is held once more against what would be sent, to the byte; who holds nothing any more gets nothing. A broadcast whose
/// moment is long past is not begun: a person decides (Late).
/// </summary>
internal sealed partial class StartBroadcast(BroadcastDb db, TimeProvider clock, ILogger<StartBroadcast> log)
{
    /// <summary>The caller has locked the row, and commits.</summary>
    public async Task<bool> RunAsync(BroadcastMessage broadcast, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var revision = await db.Revisions.SingleAsync(r => r.BroadcastId == broadcast.Id && r.No == broadcast.Revision, stop);
        var approval = await db.Decisions.AsNoTracking().SingleOrDefaultAsync(d => d.BroadcastId == broadcast.Id && d.Revision == broadcast.Revision
            && (d.Outcome == DecisionOutcome.Approved || d.Outcome == DecisionOutcome.Released), stop);
        var listHash = await ListHash.ComputeAsync(db, broadcast.Id, broadcast.Revision, stop);
        var starts = false;
        if (approval is null || !ContentHash.Of(broadcast, revision, listHash).AsSpan().SequenceEqual(approval.SignedHash)
            || !approval.SignedHash.AsSpan().SequenceEqual(revision.ContentHash))
        {
            // Nobody signed this. It is worded and examined again, whatever it was that changed it.
            Move(broadcast, BroadcastState.Draft, "ApprovalVoid", now);
            db.TellResponsible(broadcast, "broadcast.approval-void", now);
            NotWhatWasApproved(log, broadcast.Id, broadcast.Revision);
        }
        else if (await IsLateAsync(broadcast, revision, approval.At, now, stop))
        {
            Move(broadcast, BroadcastState.Late, "TooLate", now);
            db.TellResponsible(broadcast, "broadcast.too-late", now);
            TooLate(log, broadcast.Id);
        }
        else
        {
            await RefreshList.RunAsync(db, broadcast, revision, now, stop);
            broadcast.StartedAt = now;
            db.Add(new SendingProgress { BroadcastId = broadcast.Id, Payer = await PayerAsync(broadcast, now, stop) });
            var recipients = await db.Recipients.Where(r => r.BroadcastId == broadcast.Id && r.Revision == broadcast.Revision)
                .GroupBy(r => r.State).Select(group => new { State = group.Key, Count = group.Count() }).ToListAsync(stop);
            Move(broadcast, BroadcastState.Sending, "SendingBegan", now, recipients.ToDictionary(count => count.State, count => count.Count));
            Began(log, broadcast.Id, recipients.Where(count => count.State == RecipientState.Listed).Sum(count => count.Count));
            starts = true;
        }

        await db.SaveChangesAsync(stop);
        return starts;
    }

    /// <summary>Counted from what was last of: its time, the decision, a person's word that it shall go though it is late.</summary>
    private async Task<bool> IsLateAsync(BroadcastMessage broadcast, Revision revision, DateTimeOffset approvedAt, DateTimeOffset now, CancellationToken stop)
    {
        if (revision.UsefulUntil <= now)
            return true;
        var wanted = await db.Events.Where(e => e.BroadcastId == broadcast.Id && e.Revision == broadcast.Revision && e.Kind == nameof(SendLate))
            .MaxAsync(e => (DateTimeOffset?)e.At, stop);
        var from = new[] { revision.SendAt, approvedAt, wanted }.Max()!.Value;
        return now > from.AddMinutes(revision.LateAfterMinutes);
    }

    /// <summary>Whose budget it is: the unit's of who asked for it by a letter; the city's where it was Mayor or Regional Secretary, or one with posts in several units.</summary>
    private async Task<string?> PayerAsync(BroadcastMessage broadcast, DateTimeOffset now, CancellationToken stop)
    {
        if (broadcast.OriginatorBasis != OriginatorBasis.Letter)
            return null;
        var units = await (
            from held in db.Assignments
            where held.OfficialId == broadcast.OriginatorId && held.ValidFrom <= now && (held.ValidTo == null || now < held.ValidTo)
            join position in db.Positions on held.PositionId equals position.Id
            join unit in db.Units on position.UnitId equals unit.Id
            select unit.Code).Distinct().Take(2).ToListAsync(stop);
        return units is [var only] ? only : null;
    }

    private void Move(BroadcastMessage broadcast, BroadcastState to, string kind, DateTimeOffset now, object? details = null)
    {
        broadcast.State = to;
        broadcast.ChangedAt = now;
        broadcast.Version++;
        db.Record(broadcast, kind, Outbox.System, now, details);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Broadcast {Id} goes to {Recipients}")]
    private static partial void Began(ILogger log, Guid id, int recipients);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broadcast {Id} is too late; a person decides")]
    private static partial void TooLate(ILogger log, Guid id);

    [LoggerMessage(Level = LogLevel.Error, Message = "Revision {Revision} of broadcast {Id} is not what was approved; nothing is sent")]
    private static partial void NotWhatWasApproved(ILogger log, Guid id, int revision);
}
