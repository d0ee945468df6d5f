using Contracts.Directory;
using Contracts.Notification;
using Notification.Providers;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

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
    /// <summary>Names are those of the configuration: a pause of something that does not exist would be believed.</summary>
    public static bool Knows(this Channels channels, PauseKind kind, string name) => kind switch
    {
        PauseKind.Provider => channels.Senders.ContainsKey(name),
        PauseKind.Lane => Enum.TryParse<SmsPurpose>(name, out var purpose) && purpose.ToString() == name,
        _ => false,
    };

    /// <summary>In the save that does the act.</summary>
    public static void Audit(this NotificationDb db, HttpContext http, string act, string kind, Guid subject, string details, string reason, DateTimeOffset now) =>
        db.Publish(subject, http.User.Actor, new WriteToAuditTrail
        {
            Act = act,
            Actor = http.User.Actor,
            FromAddress = http.Connection.RemoteIpAddress?.ToString(),
            SubjectKind = kind,
            SubjectId = subject,
            At = now,
            Details = details,
            Reason = reason,
        });
}
