using ServiceDefaults.AppendOnly;
using ServiceDefaults.Sms;

namespace InboundSms.Storage;

/// <summary>A citizen's SMS as it was received; never changed (BJN 11e).</summary>
internal sealed class Message
{
    public const string SealKind = "message";

    /// <summary>Channel, account and the provider's id, for ever.</summary>
    public const string Once = "message_once";

    public required Guid Id { get; init; }
    public required string Channel { get; init; }
    public required string Account { get; init; }
    public required string ProviderMessageId { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset? ProviderTime { get; init; }
    public required byte[] Commitment { get; init; }
    /// <summary>Joined from parts of which some never came, or such a part that came later.</summary>
    public bool IsIncomplete { get; init; }
    /// <summary>The message that this late part is of.</summary>
    public Guid? Continues { get; init; }

    /// <summary>The commitment over everything that the provider delivered; <see cref="Sealed"/> computes the same in SQL.</summary>
    public static byte[] CommitmentOf(byte[] salt, string sender, string recipient, string text, byte[] raw) => ServiceDefaults.AppendOnly.Commitment.Of(
        salt, ServiceDefaults.AppendOnly.Commitment.Text(sender), ServiceDefaults.AppendOnly.Commitment.Text(recipient),
        ServiceDefaults.AppendOnly.Commitment.Text(text), raw);

    public static SealedKind Sealed { get; } = new(SealKind, """
        select m.id, m.commitment, nullif(c.salt, ''), convert_to(c.sender, 'UTF8'), convert_to(c.recipient, 'UTF8'), convert_to(c.text, 'UTF8'), c.raw
        from message m left join message_content c on c.message_id = m.id
        """);
}

/// <summary>Words and number of a message.</summary>
internal sealed class MessageContent
{
    public required Guid MessageId { get; init; }
    /// <summary>Empty: number and words were erased by law.</summary>
    public required byte[] Salt { get; init; }
    /// <summary>E.164, or as written where it is no number.</summary>
    public required string Sender { get; init; }
    public required SenderKind SenderKind { get; init; }
    /// <summary>Our number, as the provider names it.</summary>
    public required string Recipient { get; init; }
    public required string Text { get; init; }
    public required byte[] Raw { get; init; }
}

/// <summary>What the system says by itself; each kind has its own budget.</summary>
internal enum AutoAnswerKind
{
    /// <summary>The keywords (BJN 12(7)).</summary>
    Help,
    /// <summary>Nothing stood behind the keyword.</summary>
    Prompt,
    /// <summary>How a case stands.</summary>
    Status,
    /// <summary>A case was opened.</summary>
    Receipt,
}

/// <summary>What the system answered by itself to a message.</summary>
internal sealed class AutoAnswer
{
    public required Guid Id { get; init; }
    public required Guid MessageId { get; init; }
    public required AutoAnswerKind Kind { get; init; }
    public required string Sender { get; init; }
    public required DateTimeOffset SentAt { get; init; }
}

/// <summary>A trace of what the system wrote by itself, to know it when it comes back.</summary>
internal sealed class OwnText
{
    public required Guid Id { get; init; }
    public required byte[] Hash { get; init; }
    /// <summary>The citizen's number; null for a notice to an official, whose number is not known here.</summary>
    public string? Recipient { get; init; }
    public required DateTimeOffset WrittenAt { get; init; }
}
