using System.ComponentModel.DataAnnotations;
using InboundSms.Storage;

namespace InboundSms.Routing;

/// <summary>Section <c>Routing</c>.</summary>
public sealed record RoutingOptions
{
    /// <summary>Time for an answer on the legal clock (BJN 13).</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromHours(3);

    /// <summary>At most one help SMS to a number in this time; and at most <see cref="HelpPerDay"/> in 24 hours. Bots vary their text, so the count is by number.</summary>
    public TimeSpan HelpInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The same words of one number within this time are suspected to be one message that came twice. Providers repeat after seconds, some after two minutes. Zero: none are.</summary>
    public TimeSpan RepeatWithin { get; init; } = TimeSpan.FromSeconds(120);

    public int HelpPerDay { get; init; } = 3;

    /// <summary>So many messages without keyword from one number within <see cref="HelpInterval"/> are taken for another machine: an alert.</summary>
    public int LoopAlertAfter { get; init; } = 10;

    /// <summary>At most so many answers to CEK for a number in 24 hours.</summary>
    public int StatusPerDay { get; init; } = 10;

    /// <summary>Thanks that come without keyword within this time of an answer belong to its case.</summary>
    public TimeSpan ThanksWithin { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The word by which officials answer a coordination SMS, before its number. A position whose keyword is the same word goes before it.</summary>
    [Required, RegularExpression("^[A-Z]{2,10}$")]
    public string BroadcastCode { get; init; } = "KOR";

    /// <summary>A case that was opened by SMS is confirmed with its number. Off: every SMS costs.</summary>
    public bool SendReceipt { get; init; }

    /// <summary>At most so many receipts to a number in 24 hours.</summary>
    public int ReceiptsPerDay { get; init; } = 5;

    /// <summary>Further words by which citizens name a class, beside the usual ones.</summary>
    public IReadOnlyDictionary<MessageClass, string[]> ClassWords { get; init; } = new Dictionary<MessageClass, string[]>();

    /// <summary>Words that raise every case to an emergency; each unit can have more. Several words count one behind the other.</summary>
    public IReadOnlyList<string> EmergencyWords { get; init; } = [];
}
