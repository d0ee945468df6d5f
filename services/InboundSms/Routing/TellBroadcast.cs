using Contracts.InboundSms;
using InboundSms.Storage;
using ServiceDefaults.Messaging;

namespace InboundSms.Routing;

/// <summary>What concerns officials and not a case, told with the pseudonym of the number: who knows officials' numbers knows it by the same.</summary>
internal static class TellBroadcast
{
    public static void PublishAnswer(this InboundSmsDb db, Message message, BroadcastAnswer said, string pseudonym) => db.Publish(pseudonym, Outbox.System, new OfficialAnswered
    {
        MessageId = message.Id,
        Number = said.Number,
        SenderPseudonym = pseudonym,
        Text = said.Text,
        ReceivedAt = message.ReceivedAt,
    });

    /// <summary>Nothing where nobody can be behind the sender.</summary>
    public static void PublishOptOut(this InboundSmsDb db, Message message, bool isOut, string? pseudonym)
    {
        if (pseudonym is not null)
            db.Publish(pseudonym, Outbox.System, new NumberOptedOut { MessageId = message.Id, SenderPseudonym = pseudonym, IsOut = isOut, ReceivedAt = message.ReceivedAt });
    }
}
