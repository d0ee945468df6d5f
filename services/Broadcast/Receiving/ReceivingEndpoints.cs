namespace Broadcast.Receiving;

/// <summary>What recipients see, and what comes back from them.</summary>
internal static class ReceivingEndpoints
{
    public static void AddReceiving(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ReceivingOptions>().BindConfiguration("Receiving").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<TellDaily>();
    }

    public static void MapReceiving(this RouteGroupBuilder broadcasts)
    {
        var mine = broadcasts.MapGroup("/mine").WithTags("My broadcasts");
        ListMyBroadcasts.Map(mine);
        GetMyBroadcast.Map(mine);
        AnswerBroadcast.Map(mine);
        ReportMissing.Map(mine);
        ListMissingReports.Map(broadcasts);
        CloseMissingReport.Map(broadcasts);
        ResendToOne.Map(broadcasts);
        ListAnswers.Map(broadcasts);
        CloseUnknownAnswer.Map(broadcasts);
        ListDoubtfulNumbers.Map(broadcasts);
    }
}
