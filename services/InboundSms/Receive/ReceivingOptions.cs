namespace InboundSms.Receive;

/// <summary>Section <c>Receiving</c>.</summary>
public sealed record ReceivingOptions
{
    /// <summary>Folder for messages that the database does not take in time. None: the provider is asked to repeat them.</summary>
    public string? SpoolFolder { get; init; }

    /// <summary>Bytes of all files in it; beyond, the provider is asked to repeat. At 0.7 KB for a message, 256 MiB are some 380,000.</summary>
    public long SpoolLimit { get; init; } = 256L * 1024 * 1024;

    /// <summary>After this time the database is not waited for any longer: the strictest providers give up after two seconds.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>From the first part of a long message: what has not come by then is missing, and the others are joined without it.</summary>
    public TimeSpan PartsWithin { get; init; } = TimeSpan.FromMinutes(30);
}
