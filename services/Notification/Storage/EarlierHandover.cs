namespace Notification.Storage;

/// <summary>A handover of an SMS before a person had it handed over again: that provider may still report on it.</summary>
internal sealed class EarlierHandover
{
    public Guid SmsId { get; private init; }
    public int LeaseNo { get; private init; }
    public string Channel { get; private init; } = "";
    public string Reference { get; private init; } = "";
    public string? ProviderId { get; private init; }
    public DateTimeOffset? IntentAt { get; private init; }
}
