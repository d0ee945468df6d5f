namespace Broadcast.Requests;

/// <summary>What is asked for, and how it stands.</summary>
internal static class RequestEndpoints
{
    public static void MapRequests(this RouteGroupBuilder broadcasts)
    {
        RequestBroadcast.Map(broadcasts);
        ListBroadcasts.Map(broadcasts);
        GetBroadcast.Map(broadcasts);
        ListHistory.Map(broadcasts);
        WithdrawRequest.Map(broadcasts);
    }
}
