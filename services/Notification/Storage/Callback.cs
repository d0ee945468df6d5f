namespace Notification.Storage;

/// <summary>Where an application hears what becomes of its messages.</summary>
internal sealed class CallbackAddress
{
    /// <summary>The application.</summary>
    public required Guid Id { get; init; }
    public string? Url { get; set; }
    /// <summary>Of its secret.</summary>
    public int Generation { get; set; }
    public DateTimeOffset? OldUntil { get; set; }
    /// <summary>In a row.</summary>
    public int Failures { get; set; }
    public DateTimeOffset? RestsUntil { get; set; }
    public long Version { get; set; }
}

/// <summary>One change of a status that an application is to hear of.</summary>
internal sealed class Callback
{
    public long Seq { get; private init; }
    public Guid Id { get; private init; }
    public Guid ApplicationId { get; private init; }
    public string Kind { get; private init; } = "";
    public Guid MessageId { get; private init; }
    public long MessageVersion { get; private init; }
    public string? Reference { get; private init; }
    public bool IsTest { get; private init; }
    public SmsState State { get; private init; }
    public string? Reason { get; private init; }
    public bool IsContradictory { get; private init; }
    public DateTimeOffset ChangedAt { get; private init; }
    public CallbackOutcome Outcome { get; private init; }
    public int Attempts { get; private init; }
    public DateTimeOffset NextAttemptAt { get; private init; }
    public DateTimeOffset? LastAttemptAt { get; private init; }
    public string? LastAnswer { get; private init; }
}

internal enum CallbackOutcome
{
    Waiting,
    Delivered,
    /// <summary>Given up: refused for good, or tried too often. A person may give it back.</summary>
    Failed,
}
