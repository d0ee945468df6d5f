using InboundSms.History;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;
using ServiceDefaults.Sms;
using Route = InboundSms.Routing.Route;

namespace InboundSms.Abuse;

/// <summary>What is known of a number before its message is read for what it says.</summary>
internal static class SenderStanding
{
    private static readonly CaseStatus[] Unfinished = [CaseStatus.Unassigned, CaseStatus.Open, CaseStatus.AnswerFailed];

    /// <summary>Where the sender's standing alone sends a message: to the tray of blocked ones, nowhere (STOP, MULAI), or into the case of a flood. Null: its words decide.</summary>
    /// <remarks>A mute hides no emergency: one message of it in <see cref="AbuseOptions.FloodWindow"/> is let through by the system and goes the way of every other.</remarks>
    public static async Task<Route?> StandingAsync(
        this InboundSmsDb db, AbuseOptions options, Known known, PhoneNumber sender, FirstWord first, Addressee? addressee, Func<Task<bool>> isEmergency, Message message, DateTimeOffset now, CancellationToken stop)
    {
        if (sender.CanBeAnswered && first.IsAlone && (Keyword.OptOut.Contains(first.Word) || Keyword.OptIn.Contains(first.Word)))
            return new Route.ChangeOptOut(Keyword.OptOut.Contains(first.Word));
        if (known.IsBlocked && await db.BlockOfAsync(sender.Value, message.Id, now, stop) is { } block)
        {
            if (!await isEmergency() || await db.WasLetThroughAsync(block, message.ReceivedAt - options.FloodWindow, stop))
                return new Route.Mute(block);
            db.Add(new BlockedMessage { MessageId = message.Id, BlockId = block, ReceivedAt = message.ReceivedAt, ReleasedAt = now, ReleasedBy = Outbox.System });
        }

        if (!sender.CanBeAnswered || !known.IsFlood)
            return null;
        // The first of a flood that finds no case opens one as usual; so does one for somebody whom the others were not for.
        var position = addressee?.PositionId;
        var target = await db.CasesOf(sender.Value, message.ReceivedAt - options.FloodWindow).Where(c => Unfinished.Contains(c.Status) && (position == null || c.PositionId == position))
            .OrderByDescending(c => c.Number).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(stop);
        return target is { } caseId ? new Route.Fold(caseId, first.IsSecret) : null;
    }

    /// <summary>Of a flood its begin is noted, once in its window; the conversation has every message.</summary>
    public static async Task<CaseEventKind?> FoldingEventAsync(this InboundSmsDb db, Guid caseId, DateTimeOffset since, CancellationToken stop) =>
        await db.CaseEvents.AnyAsync(e => e.CaseId == caseId && e.Kind == CaseEventKind.FloodFolded && e.At > since, stop) ? null : CaseEventKind.FloodFolded;

    /// <summary>
    /// Cases that a mobile number opened and wrote to since an instant. An older one may be somebody else's, who had the number before: it is not joined, and nobody is told
    /// anything of it.
    /// </summary>
    public static IQueryable<SmsCase> CasesOf(this InboundSmsDb db, string number, DateTimeOffset heardSince) =>
        from c in db.Cases
        join first in db.Contents on c.FirstMessageId equals first.MessageId
        where first.Sender == number && first.SenderKind == SenderKind.Mobile && db.CaseMessages.Any(member => member.CaseId == c.Id && member.ReceivedAt >= heardSince)
        select c;

    /// <summary>He wrote STOP: no automatic message goes to him. An official's answer to his own case does.</summary>
    public static Task<bool> HasOptedOutAsync(this InboundSmsDb db, string number, CancellationToken stop) => db.OptOuts.Where(change => change.Sender == number)
        .OrderByDescending(change => change.ReceivedAt).ThenByDescending(change => change.MessageId).Select(change => change.IsOut).FirstOrDefaultAsync(stop);

    /// <summary>A message that somebody released is not held back again.</summary>
    private static Task<Guid?> BlockOfAsync(this InboundSmsDb db, string sender, Guid messageId, DateTimeOffset now, CancellationToken stop) => db.BlockedSenders
        .Where(block => block.Sender == sender && block.LiftedAt == null && block.ExpiresAt > now && !db.BlockedMessages.Any(muted => muted.MessageId == messageId))
        .Select(block => (Guid?)block.Id).FirstOrDefaultAsync(stop);

    private static Task<bool> WasLetThroughAsync(this InboundSmsDb db, Guid blockId, DateTimeOffset since, CancellationToken stop) =>
        db.BlockedMessages.AnyAsync(muted => muted.BlockId == blockId && muted.ReleasedBy == Outbox.System && muted.ReceivedAt > since, stop);
}
