using Contracts.InboundSms;
using InboundSms.Storage;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Messaging;

namespace InboundSms.Receive.Parts;

/// <summary>Joined parts become a message like every other, with the save that follows.</summary>
internal static class JoinedMessages
{
    /// <summary>Once: whoever does it holds the lock of the set's row, and closes it with the same save.</summary>
    public static void Join(this InboundSmsDb db, PartSet set, IReadOnlyCollection<MessagePart> parts, bool isIncomplete, DateTimeOffset now)
    {
        var joined = Joined.MessageOf($"parts:{set.Id}", parts, isIncomplete, continues: null);
        db.AddMessage(joined);
        (set.ClosedAt, set.MessageId) = (now, joined.Message.Id);
    }

    public static void AddMessage(this InboundSmsDb db, (Message Message, MessageContent Content) joined)
    {
        var (message, content) = joined;
        db.Add(message);
        db.Add(content);
        db.Seal(Message.SealKind, message.Id, message.Commitment);
        db.Publish(message.Id, Outbox.System, new SmsReceived { MessageId = message.Id, ReceivedAt = message.ReceivedAt });
    }
}
