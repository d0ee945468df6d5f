using InboundSms.History;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;
using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>Messages that belong to another one, whatever they say: they open no case, and nothing is answered to them by itself.</summary>
internal static class PartOfAnother
{
    /// <param name="db">The context of the routing; the sender's messages come one after the other.</param>
    /// <param name="message">Not in a case yet.</param>
    /// <param name="content">Its words.</param>
    /// <param name="within">
    /// Time between a message and its suspected repeat; whichever is routed later is the repeat, since both can come first. A repeat counts like the first one: whoever
    /// repeats with growing pauses says the same thing still.
    /// </param>
    /// <param name="stop">Ends it.</param>
    public static async Task<Route.PartOf?> PartOfAnotherAsync(this InboundSmsDb db, Message message, MessageContent content, TimeSpan within, CancellationToken stop)
    {
        if (message.Continues is { } whole)
            return await db.CaseMessages.Where(member => member.MessageId == whole).Select(member => new Route.PartOf(member.CaseId, null)).SingleOrDefaultAsync(stop);
        // Only a mobile number names one person.
        if (content.SenderKind != SenderKind.Mobile || within <= TimeSpan.Zero)
            return null;
        var (earliest, latest) = (message.ReceivedAt - within, message.ReceivedAt + within);
        return await (
            from words in db.Contents
            join other in db.Messages on words.MessageId equals other.Id
            join member in db.CaseMessages on other.Id equals member.MessageId
            join suspect in db.SuspectedDuplicates.Where(s => s.Verdict != DuplicateVerdict.OwnMatter) on other.Id equals suspect.MessageId into suspects
            from suspect in suspects.DefaultIfEmpty()
            where words.Sender == content.Sender && words.Text == content.Text && other.Id != message.Id && other.ReceivedAt >= earliest && other.ReceivedAt <= latest
            orderby other.ReceivedAt
            select new Route.PartOf(member.CaseId, suspect == null ? other.Id : suspect.OriginalId)).FirstOrDefaultAsync(stop);
    }

    /// <summary>With the save that follows.</summary>
    public static Task JoinPartAsync(this InboundSmsDb db, Message message, Route.PartOf part, DateTimeOffset now, CancellationToken stop)
    {
        if (part.Repeats is not { } original)
            return db.JoinCaseAsync(message, part.CaseId, isSecret: false, now, stop);
        db.Add(new SuspectedDuplicate { MessageId = message.Id, OriginalId = original, FoundAt = now });
        db.Record(part.CaseId, CaseEventKind.DuplicateSuspected, message.ReceivedAt, Outbox.System, new { messageId = message.Id, originalId = original });
        return db.JoinCaseAsync(message, part.CaseId, isSecret: false, now, stop, kind: null);
    }
}
