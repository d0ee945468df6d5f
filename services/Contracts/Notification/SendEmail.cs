namespace Contracts.Notification;

/// <summary>
/// Asks Notification to send one e-mail. The sender's id makes it one message however often the command arrives; <see cref="DeliveryStatusChanged"/> comes back under it.
/// Personal data: address, subject and text.
/// </summary>
public sealed record SendEmail
{
    /// <summary>Given by the asking service.</summary>
    public required Guid EmailId { get; init; }
    /// <summary>One address, without a name.</summary>
    public required string To { get; init; }
    /// <summary>1 to 200 characters, one line.</summary>
    public required string Subject { get; init; }
    /// <summary>1 to 10,000 characters of plain text; the HTML part is made from it.</summary>
    public required string Text { get; init; }
    /// <summary>Decides what goes first, as for an SMS.</summary>
    public required SmsPurpose Purpose { get; init; }
    /// <summary>https; where one click ends what this e-mail is part of (RFC 8058). Null for what concerns the recipient's own matter.</summary>
    public string? UnsubscribeUrl { get; init; }
    /// <summary>It can wait until the city's quiet hours are over, as a broadcast does.</summary>
    public bool MayWait { get; init; }
    /// <summary>After this instant the e-mail has lost its sense and is not handed over any more.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>Nothing leaves: the outcome follows from the last three characters before the @, as for the sandbox's numbers.</summary>
    public bool IsTest { get; init; }
    /// <inheritdoc cref="SendSms.ReportTo"/>
    public string? ReportTo { get; init; }
}
