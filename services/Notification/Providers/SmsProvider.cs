using Contracts.Notification;
using Notification.Storage;

namespace Notification.Providers;

/// <summary>An SMS whose intent is committed.</summary>
internal sealed record SmsToSend(
    Guid Id, int LeaseNo, int Attempt, DateTimeOffset IntentAt, string Purpose, string? TraceParent, string To, string? From, string Text)
{
    public int Segments { get; init; } = 1;

    public bool IsBroadcast => string.Equals(Purpose, nameof(SmsPurpose.Broadcast), StringComparison.Ordinal);

    /// <summary>Its order wants a name as sender, which each provider grants by itself.</summary>
    public bool HasSenderName => From?.Any(char.IsAsciiLetter) == true;

    /// <summary>When the limits let it start; a moment after the intent at most.</summary>
    public DateTimeOffset StartAt { get; init; }
}

/// <summary>Hands SMS to one kind of provider.</summary>
internal interface ISmsProvider
{
    /// <summary>
    /// One handover. The provider's reports will name it by our id. What cannot be told for sure is Unknown: an answer that is not in the provider's table, a
    /// reset after the request was written.
    /// </summary>
    Task<SendOutcome> SendAsync(SmsToSend sms, CancellationToken stop);
}

/// <summary>A provider that can be asked what became of an SMS.</summary>
internal interface IAskable
{
    /// <summary>Its settings allow for it.</summary>
    bool CanBeAsked => true;

    /// <summary>What it says, of one that it counts in parts about each; nothing proves nothing.</summary>
    Task<IReadOnlyList<ProviderReport>> AskAsync(SilentSms sms, CancellationToken stop);
}

/// <summary>An SMS about which nobody has said anything.</summary>
/// <param name="Reference">Our name for it.</param>
/// <param name="ProviderId">The provider's, where it has answered with one.</param>
/// <param name="IntentAt">Right before it was handed over.</param>
internal sealed record SilentSms(string Reference, string? ProviderId, DateTimeOffset IntentAt);

/// <summary>A provider that is paid in advance and can be asked what is left.</summary>
internal interface IPrepaid
{
    Task<(decimal Amount, string? Currency)?> BalanceAsync(CancellationToken stop);
}

internal enum SendResult
{
    Accepted,
    /// <summary>The provider certainly does not take it, now or later.</summary>
    Refused,
    /// <summary>The provider certainly has not taken it; later it may.</summary>
    NotNow,
    /// <summary>As NotNow, because it gets too much: it is left alone for a while, and the attempt does not count.</summary>
    Throttled,
    /// <summary>As NotNow, because it takes nothing of the kind from us (mail servers): a setting has to be mended, and the attempt does not count.</summary>
    Barred,
    /// <summary>Nobody can know.</summary>
    Unknown,
    /// <summary>It was not asked at all.</summary>
    NotCalled,
}

/// <summary>What came of a handover.</summary>
/// <param name="Result">In one word.</param>
/// <param name="Code">The provider's answer, or the kind of fault.</param>
/// <param name="Reason">Stable code of a refusal.</param>
/// <param name="ProviderId">The provider's own name for it, where it can be asked by that.</param>
/// <param name="Reports">Reports that came with the answer.</param>
internal sealed record SendOutcome(SendResult Result, string Code, string? Reason = null, string? ProviderId = null, IReadOnlyList<ProviderReport>? Reports = null)
{
    /// <summary>How long a provider that is throttling wants to be left alone.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>A delivery report in one shape.</summary>
/// <param name="Reference">Which SMS, as the provider calls it.</param>
/// <param name="Code">The provider's own word.</param>
/// <param name="Told">What it means.</param>
/// <param name="Reason">Stable code of a failure.</param>
/// <param name="DoneAt">The provider's time, where it gives one that can be trusted.</param>
internal sealed record ProviderReport(string Reference, string Code, SmsState Told, string? Reason = null, DateTimeOffset? DoneAt = null)
{
    /// <summary>The part of a long SMS that it is about, where the provider reports each: the whole is delivered when all its parts are.</summary>
    public string? Part { get; init; }
}
