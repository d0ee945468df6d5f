using Contracts.Notification;
using Notification.Providers;

namespace Notification.Operating;

/// <summary>What can be stopped.</summary>
public enum PauseKind
{
    Provider,
    Lane,
}

/// <summary>A provider or a lane from which nothing is taken until a person says so. What is at the provider already goes on.</summary>
internal sealed class Pause
{
    public PauseKind Kind { get; init; }
    public string Name { get; init; } = "";
    public string Reason { get; init; } = "";
    public string PausedBy { get; init; } = "";
    public DateTimeOffset PausedAt { get; init; }
}

internal static class Pauses
{
    /// <summary>What hands over e-mails, beside the channels; none of them is called so.</summary>
    public const string MailServer = "email";

    /// <summary>Names are those of the configuration: a pause of something that does not exist would be believed.</summary>
    public static bool Knows(this Channels channels, PauseKind kind, string name) => kind switch
    {
        PauseKind.Provider => channels.Senders.ContainsKey(name) || name == MailServer,
        PauseKind.Lane => Enum.TryParse<SmsPurpose>(name, out var purpose) && purpose.ToString() == name,
        _ => false,
    };
}
