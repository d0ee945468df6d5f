namespace Notification.Storage;

/// <summary>A message that an application has ordered. The SMS or e-mail itself follows when the order is taken.</summary>
internal sealed class ApplicationMessage
{
    public required Guid MessageId { get; init; }
    public required MessageKind Kind { get; init; }
    public required Guid ApplicationId { get; init; }
    public string? Reference { get; init; }
    /// <summary>Nothing leaves; the outcome follows from the number's last digits.</summary>
    public required bool IsTest { get; init; }
    public Guid? TemplateId { get; init; }
    public long? TemplateVersion { get; init; }
    /// <summary>0: an e-mail.</summary>
    public short Segments { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>An application that has sent something.</summary>
internal sealed class SendingApplication
{
    public Guid Id { get; private init; }
    public DateTimeOffset FirstOrderAt { get; private init; }
    /// <summary>Null: as many as the settings say.</summary>
    public int? PerDay { get; set; }
    public long Version { get; set; }
}

internal sealed class ApplicationDay
{
    public Guid ApplicationId { get; private init; }
    public DateOnly Day { get; private init; }
    public bool IsTest { get; private init; }
    public int Ordered { get; private init; }
}

/// <summary>How a message travels.</summary>
internal enum MessageKind
{
    Sms,
    Email,
}
