namespace Broadcast.Wording;

/// <summary>What is said, and how it comes out.</summary>
internal static class WordingEndpoints
{
    public static void MapWording(this RouteGroupBuilder broadcasts)
    {
        WordBroadcast.Map(broadcasts);
        PreviewWording.Map(broadcasts);
        ListRevisions.Map(broadcasts);
        InvitationFile.Map(broadcasts);
        BroadcastTemplates.Map(broadcasts);
    }
}
