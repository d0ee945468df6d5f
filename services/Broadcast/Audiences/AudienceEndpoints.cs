namespace Broadcast.Audiences;

internal static class AudienceEndpoints
{
    public static void MapAudiences(this RouteGroupBuilder broadcasts)
    {
        PreviewAudience.Map(broadcasts);
        ListRecipients.Map(broadcasts);

        var letters = broadcasts.MapGroup("/letters").WithTags("Letters of authority");
        RegisterLetter.Map(letters);
        ListLetters.Map(letters);
        GetLetter.Map(letters);
        RevokeLetter.Map(letters);

        var lists = broadcasts.MapGroup("/recipient-lists").WithTags("Recipient lists");
        CreateRecipientList.Map(lists);
        ListRecipientLists.Map(lists);
        RenameRecipientList.Map(lists);
        CloseRecipientList.Map(lists);
        AddToRecipientList.Map(lists);
        RemoveFromRecipientList.Map(lists);
        ListEntries.Map(lists);
    }
}
