namespace Contracts.Notification;

/// <summary>
/// Asks Notification to tell an official something on the one number that he has given for notices (BJN 12(1)b), which only Notification and Directory know. Without
/// such a number <see cref="DeliveryStatusChanged"/> says Failed, <c>no-notice-phone</c>.
/// </summary>
public sealed record NotifyOfficial
{
    /// <summary>Given by the asking service: one notice, however often the command comes. <see cref="DeliveryStatusChanged"/> comes back under it.</summary>
    public required Guid NoticeId { get; init; }
    public required Guid OfficialId { get; init; }
    /// <summary>1 to 1,600 characters, without personal data: a case's number and keyword, never a citizen's words or number.</summary>
    public required string Text { get; init; }
    /// <summary>Somebody may be in danger: it goes before everything but one-time codes.</summary>
    public bool IsUrgent { get; init; }
    /// <summary>It can wait until the quiet hours are over, his own or the city's. Nothing that a deadline or a danger asks for can.</summary>
    public bool MayWait { get; init; }
    /// <summary>Whose budget it is, as in <see cref="SendSms.Payer"/>; null: the city's own.</summary>
    public string? Payer { get; init; }
    /// <summary>After this instant the notice has lost its sense and is not handed over any more.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <inheritdoc cref="SendSms.ReportTo"/>
    public string? ReportTo { get; init; }
}
