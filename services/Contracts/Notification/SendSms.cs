namespace Contracts.Notification;

/// <summary>
/// Asks Notification to send one SMS. The sender's id makes it one message however often the command arrives.
/// Personal data: number and text.
/// </summary>
public sealed record SendSms
{
    /// <summary>Given by the asking service; <see cref="DeliveryStatusChanged"/> comes back under it.</summary>
    public required Guid SmsId { get; init; }
    /// <summary>E.164.</summary>
    public required string To { get; init; }
    /// <summary>1 to 1,600 characters.</summary>
    public required string Text { get; init; }
    /// <summary>Name of the channel that sends; an answer leaves by the channel that the citizen wrote to. Empty: Notification's default channel.</summary>
    public required string Channel { get; init; }
    /// <summary>Our number, as the citizen wrote to it; null lets the channel choose.</summary>
    public string? From { get; init; }
    public required SmsPurpose Purpose { get; init; }
    /// <summary>Whose budget it is: code of a unit or id of an application, at most 64 characters; null: the city's own.</summary>
    public string? Payer { get; init; }
    /// <summary>It can wait until the city's quiet hours are over, as a broadcast does. Nothing that a deadline or a danger asks for can.</summary>
    public bool MayWait { get; init; }
    /// <summary>After this instant the message has lost its sense and is not handed over any more.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>The queue of the asking service that <see cref="DeliveryStatusChanged"/> goes to, at most 64 characters; null: every service hears it.</summary>
    public string? ReportTo { get; init; }
}

/// <summary>Why the SMS is sent; decides its lane.</summary>
public enum SmsPurpose
{
    /// <summary>An official's answer to a citizen.</summary>
    Answer,
    /// <summary>The system's own answer, such as the list of keywords (BJN 12(7)).</summary>
    AutoAnswer,
    /// <summary>A secret for signing in, worth nothing after some minutes; goes before everything else.</summary>
    OneTimeCode,
    /// <summary>Something that an official should know: about the platform, or about cases that wait for him.</summary>
    Notice,
    /// <summary>An official must know at once; goes before everything but codes.</summary>
    Emergency,
    /// <summary>The same to many, by decision of an office; waits for everything else, and takes only a share of what a provider takes.</summary>
    Broadcast,
}

/// <summary>The status of an SMS or e-mail that somebody asked for has changed (BJN 12(8)).</summary>
public sealed record DeliveryStatusChanged
{
    /// <summary>Of the SMS, or of the e-mail.</summary>
    public required Guid SmsId { get; init; }
    public required DeliveryStatus Status { get; init; }
    /// <summary>Grows with each change of this SMS; an older version arriving later is ignored.</summary>
    public required long Version { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>The operator has it, though no handset has confirmed.</summary>
    public bool AcceptedByOperator { get; init; }
    /// <summary>Whether the provider got it is not known ("tidak pasti"); it is never repeated by itself.</summary>
    public bool Uncertain { get; init; }
    /// <summary>A later report contradicts an earlier final one.</summary>
    public bool Contradictory { get; init; }
    /// <summary>For so long nobody has said what became of it that nothing more is expected ("tanpa kabar"); pending all the same.</summary>
    public bool NoReport { get; init; }
    /// <summary>Why it failed, as a stable code; null otherwise.</summary>
    public string? Reason { get; init; }
}

/// <summary>The three words of BJN 12(8): pending, terkirim, gagal.</summary>
public enum DeliveryStatus
{
    Pending,
    Delivered,
    Failed,
}
