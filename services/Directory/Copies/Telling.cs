using Directory.Storage;
using ServiceDefaults.Messaging;

namespace Directory.Copies;

/// <summary>Tells the copies, in the save that changes something. Each must see every version: by it they tell whether they are whole.</summary>
internal static class Telling
{
    /// <summary>Two events, since a number goes to Notification alone. The keys differ: one that nobody takes holds back no other.</summary>
    public static void Tell(this DirectoryDb db, Official official, string actor, DateTimeOffset now)
    {
        db.Publish(official.Id, actor, official.ContactChanged(now));
        db.Publish($"{official.Id} name", actor, official.Changed());
    }

    /// <summary>Of an account that is nobody's there is nothing to tell: notices reach officials.</summary>
    public static void TellRoles(this DirectoryDb db, Account account, string actor)
    {
        if (account.OfficialId is { } official)
            db.Publish($"{official} roles", actor, account.GrantedRolesChanged());
    }
}
