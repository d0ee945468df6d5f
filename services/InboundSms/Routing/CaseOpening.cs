using InboundSms.History;
using InboundSms.Publishing;
using InboundSms.Receive;
using InboundSms.Storage;
using InboundSms.Submissions;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;

namespace InboundSms.Routing;

/// <summary>A class, and who said it.</summary>
internal sealed record Classed(MessageClass Class, ClassSource By, string? Rule)
{
    /// <summary>What the citizen chose, else what the rules propose.</summary>
    public static Classed? Of(MessageClass? chosen, string text) =>
        chosen is { } byCitizen ? new(byCitizen, ClassSource.Citizen, null)
        : ProposeClass.Of(text) is { } proposed ? new(proposed.Class, ClassSource.Rule, proposed.Rule)
        : null;
}

/// <summary>A message becomes a case, or part of one; with the save that follows.</summary>
internal static class CaseOpening
{
    /// <param name="db">The context of the act.</param>
    /// <param name="message">The first of the case.</param>
    /// <param name="addressee">Whose case it is; null: the secretariat's tray.</param>
    /// <param name="isSecret">The citizen wants no publication.</param>
    /// <param name="classed">Null when nobody has said a class.</param>
    /// <param name="dueAt">By BJN 13.</param>
    /// <param name="now">When it comes into the inbox.</param>
    /// <param name="submission">What was chosen beside the words, where it did not come by SMS.</param>
    /// <param name="suggested">Whom a message without keyword probably meant.</param>
    public static SmsCase OpenCase(
        this InboundSmsDb db, Message message, Addressee? addressee, bool isSecret, Classed? classed, DateTimeOffset dueAt, DateTimeOffset now,
        Submission? submission = null, string? suggested = null)
    {
        var opened = new SmsCase
        {
            Id = Guid.CreateVersion7(now),
            Number = submission?.CaseNumber ?? 0,
            Channel = Channels.Of(message.Channel),
            FirstMessageId = message.Id,
            PositionId = addressee?.PositionId,
            Keyword = addressee?.Keyword,
            SuggestedKeyword = suggested,
            Status = addressee is null ? CaseStatus.Unassigned : CaseStatus.Open,
            Class = classed?.Class,
            ClassBy = classed?.By,
            ClassRule = classed?.Rule,
            IsSecret = isSecret,
            ReceivedAt = message.ReceivedAt,
            DueAt = dueAt,
            Version = 1,
        };
        db.Add(opened);
        // One that was in another case leaves it.
        if (db.CaseMessages.Local.FindEntry(message.Id)?.Entity is { } moved)
            moved.CaseId = opened.Id;
        else
            db.Add(new CaseMessage { MessageId = message.Id, CaseId = opened.Id, ReceivedAt = message.ReceivedAt, PlacedAt = now });
        // At the receipt: the clock runs since then, however long the message waited to be routed.
        db.Record(opened.Id, CaseEventKind.Opened, message.ReceivedAt, submission?.EnteredBy ?? Outbox.System, new
        {
            messageId = message.Id,
            channel = opened.Channel,
            positionId = addressee?.PositionId,
            keyword = addressee?.Keyword,
            dueAt,
            @class = opened.Class,
            classBy = opened.ClassBy,
            classRule = opened.ClassRule,
            isIncomplete = Marked(message),
        });
        if (isSecret)
            db.Record(opened.Id, CaseEventKind.MadeSecret, message.ReceivedAt, Outbox.System, new { messageId = message.Id });
        return opened;
    }

    /// <summary>
    /// A later message says what the case is about, as after a keyword alone: what the citizen says counts unless an official or he himself has said it, what the rules
    /// propose only where nobody has.
    /// </summary>
    public static async Task ClassifyAsync(this InboundSmsDb db, Guid caseId, Classed? classed, DateTimeOffset at, CancellationToken stop)
    {
        if (classed is null)
            return;
        var (@class, by, rule) = classed;
        var isSet = await db.Cases.Where(c => c.Id == caseId && (c.Class == null || (by == ClassSource.Citizen && c.ClassBy == ClassSource.Rule))).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Class, @class).SetProperty(c => c.ClassBy, by).SetProperty(c => c.ClassRule, rule).SetProperty(c => c.Version, c => c.Version + 1), stop);
        if (isSet == 1)
            db.Record(caseId, CaseEventKind.ClassSet, at, Outbox.System, new { @class, classBy = by, classRule = rule });
    }

    /// <summary>A request for secrecy holds for the whole case, also when it comes with a later message; an answer that is being written at this moment meets the version.</summary>
    public static async Task JoinCaseAsync(
        this InboundSmsDb db, Message message, Guid caseId, bool isSecret, DateTimeOffset now, CancellationToken stop, CaseEventKind? kind = CaseEventKind.MessageJoined)
    {
        db.Add(new CaseMessage { MessageId = message.Id, CaseId = caseId, ReceivedAt = message.ReceivedAt, PlacedAt = now });
        if (kind is { } noted)
            db.Record(caseId, noted, message.ReceivedAt, Outbox.System, new { messageId = message.Id, isIncomplete = Marked(message), continues = message.Continues });
        if (isSecret)
            await db.MakeSecretAsync(caseId, message.Id, message.ReceivedAt, stop);
    }

    /// <summary>The case came into another inbox, and all of it is news there; with the save that follows.</summary>
    public static async Task PlaceAnewAsync(this InboundSmsDb db, Guid caseId, DateTimeOffset now, CancellationToken stop) =>
        (await db.CaseMessages.Where(member => member.CaseId == caseId).ToListAsync(stop)).ForEach(member => member.PlacedAt = now);

    /// <summary>That parts of its words are missing is told where it is true.</summary>
    private static bool? Marked(Message message) => message.IsIncomplete ? true : null;
}
