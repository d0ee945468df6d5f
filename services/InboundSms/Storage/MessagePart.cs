using InboundSms.Receive.UserData;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Storage;

/// <summary>Parts that belong together: of one sender, to one recipient, with one reference and total. References come again, so a set takes parts for a day only.</summary>
internal sealed class PartSet
{
    public required Guid Id { get; init; }
    public required string Channel { get; init; }
    public required string Account { get; init; }
    public required string Reference { get; init; }
    public required int Total { get; init; }
    /// <summary>When its first part was stored: parts that waited in a spool have their whole time, too.</summary>
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; set; }
    public Guid? MessageId { get; set; }
    /// <summary>One of its parts speaks of an emergency: the others are waited for a short time only.</summary>
    public bool IsUrgent { get; set; }
}

/// <summary>A part of a long message as it was received; never changed (BJN 11e).</summary>
internal sealed class MessagePart
{
    public const string SealKind = "message-part";

    public required Guid Id { get; init; }
    public required Guid SetId { get; init; }
    public required string Channel { get; init; }
    public required string Account { get; init; }
    public required string ProviderMessageId { get; init; }
    /// <summary>From 1.</summary>
    public required int Number { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset? ProviderTime { get; init; }
    public required byte[] Commitment { get; init; }
    public required MessagePartContent Content { get; init; }

    public static byte[] CommitmentOf(byte[] salt, string sender, string recipient, string text, byte[]? units, byte[] raw) => ServiceDefaults.AppendOnly.Commitment.Of(
        salt, ServiceDefaults.AppendOnly.Commitment.Text(sender), ServiceDefaults.AppendOnly.Commitment.Text(recipient),
        ServiceDefaults.AppendOnly.Commitment.Text(text), units, raw);

    public static SealedKind Sealed { get; } = new(SealKind, """
        select p.id, p.commitment, nullif(c.salt, ''), convert_to(c.sender, 'UTF8'), convert_to(c.recipient, 'UTF8'), convert_to(c.text, 'UTF8'), c.units, c.raw
        from message_part p left join message_part_content c on c.part_id = p.id
        """);
}

/// <summary>Words and number of a part.</summary>
internal sealed class MessagePartContent
{
    public required Guid PartId { get; init; }
    public required byte[] Salt { get; init; }
    public required string Sender { get; init; }
    public required string Recipient { get; init; }
    /// <summary>Of this part alone; a character that the end of the part cuts is not right in it.</summary>
    public required string Text { get; init; }
    public SmsCoding? Coding { get; init; }
    public byte[]? Units { get; init; }
    public required byte[] Raw { get; init; }

    /// <summary>The same words at the same place: the network, or the provider, said it twice.</summary>
    public bool Repeats(MessagePartContent other) => Text == other.Text && (Units ?? []).AsSpan().SequenceEqual(other.Units);
}
