namespace ServiceDefaults.SignIn;

/// <summary>What Notification grants to applications and to those who look after them.</summary>
public static partial class Permissions
{
    private static IReadOnlyList<string> Sending => [Scopes.SendNotifications, Scopes.SendEmergencies, Scopes.TestNotifications];

    public static Permission OrderNotifications { get; } = new("notifications.order", "Sends SMS in the name of an application, and asks what became of them")
    {
        Relation = "own orders; what is sent depends on the scope",
        Scopes = Sending,
    };

    public static Permission ReadSendingApplications { get; } = new("sending-applications.read", "Which applications send how much, and how much they may")
    {
        Roles = Administration,
    };

    public static Permission EditSendingApplications { get; } = new("sending-applications.edit", "How much an application may send in a day")
    {
        Roles = [Roles.Administrator],
    };

    public static Permission ReadTemplates { get; } = new("templates.read", "Texts that applications send, their versions, and how they come out")
    {
        Roles = [.. Secretariat, Roles.Auditor],
        Scopes = Sending,
    };

    public static Permission EditTemplates { get; } = new("templates.edit", "Writes and retires them") { Roles = [Roles.Administrator] };

    public static Permission ReadCallbacks { get; } = new("callbacks.read", "What applications were to hear of their messages, and whose address fails") { Roles = Administration };

    public static Permission ReplayCallbacks { get; } = new("callbacks.replay", "Tries a callback again that was given up") { Roles = [Roles.Administrator] };
}
