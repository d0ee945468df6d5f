using InboundSms.Storage;
using ServiceDefaults.Sms;

namespace InboundSms.Answering;

/// <summary>How an answer reaches the citizen.</summary>
public enum AnswerWay
{
    /// <summary>To the number that he wrote or called from.</summary>
    Sms,
    /// <summary>It lies ready for whoever has the receipt code, from the moment when it is given: nothing is left that could fail.</summary>
    Receipt,
}

internal static class AnswerWays
{
    /// <summary>Null when none leads to him: a machine, a name, a fixed line that wrote an SMS.</summary>
    public static AnswerWay? Of(CaseChannel channel, SenderKind sender) =>
        sender == SenderKind.Mobile ? AnswerWay.Sms : channel == CaseChannel.Sms ? null : AnswerWay.Receipt;
}
