namespace Contracts.Notification;

/// <summary>
/// Asks Notification to send many SMS that belong together, at most 100 in one command. Each is one SMS however often the command arrives; <see cref="DeliveryStatusChanged"/>
/// comes back under its id, and <see cref="SmsGroupProgressed"/> for all of the group. Personal data: numbers and texts.
/// </summary>
public sealed record SendSmsBatch
{
    /// <summary>Given by the asking service: what they belong to. It can be held and withdrawn as a whole.</summary>
    public required Guid GroupId { get; init; }
    public required IReadOnlyList<GroupedSms> Messages { get; init; }
    public required SmsPurpose Purpose { get; init; }
    /// <inheritdoc cref="SendSms.Channel"/>
    public required string Channel { get; init; }
    /// <inheritdoc cref="SendSms.From"/>
    public string? From { get; init; }
    /// <inheritdoc cref="SendSms.Payer"/>
    public string? Payer { get; init; }
    /// <inheritdoc cref="SendSms.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <inheritdoc cref="SendSms.ReportTo"/>
    public string? ReportTo { get; init; }
}

/// <summary>One SMS of a group.</summary>
public sealed record GroupedSms
{
    /// <summary>Given by the asking service.</summary>
    public required Guid SmsId { get; init; }
    /// <summary>E.164.</summary>
    public required string To { get; init; }
    /// <summary>1 to 1,600 characters.</summary>
    public required string Text { get; init; }
}

/// <summary>Nothing more of the group is handed over to a provider until it is let go again. Also what arrives later belongs to the group.</summary>
public sealed record HoldSmsGroup
{
    public required Guid GroupId { get; init; }
    /// <summary>False: let go.</summary>
    public required bool IsHeld { get; init; }
    /// <summary>Grows with each hold and release; an older one arriving later is ignored.</summary>
    public required long Version { get; init; }
}

/// <summary>
/// Takes back for ever whatever of the group no provider has yet, and what arrives of it later. Each SMS that was taken back is told as Failed with the reason
/// <c>withdrawn</c>; what was handed over goes on.
/// </summary>
public sealed record WithdrawSmsGroup
{
    public required Guid GroupId { get; init; }
}

/// <summary>How a group stands, told every few seconds while it moves. The counts add up to what was ordered.</summary>
public sealed record SmsGroupProgressed
{
    public required Guid GroupId { get; init; }
    /// <summary>Grows; an older one arriving later is ignored.</summary>
    public required long Version { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>No provider has them.</summary>
    public required long Waiting { get; init; }
    /// <summary>Handed over, with no final news yet.</summary>
    public required long HandedOver { get; init; }
    /// <summary>Nobody knows whether the provider has them.</summary>
    public required long Uncertain { get; init; }
    public required long Delivered { get; init; }
    /// <summary>Failed or expired after or before a handover, those withdrawn not among them.</summary>
    public required long Failed { get; init; }
    public required long Withdrawn { get; init; }
}
