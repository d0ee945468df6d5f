using Broadcast.Storage;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Sending;

/// <summary>What the folder adds to the service.</summary>
internal static class SendingRegistration
{
    public static void AddSending(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BroadcastMetrics>();
        builder.Services.AddScoped<StartBroadcast>();
        builder.Services.AddScoped<OrderChunk>();
        builder.Services.AddScoped<Silence>();
        builder.Services.AddHostedService<RunBroadcasts>();
        builder.Services.AddHostedService<WatchSending>();
        builder.Services.AddHealthChecks().AddCheck<BroadcastsMove>("broadcasts", timeout: TimeSpan.FromSeconds(3));
    }

    public static void MapSending(this RouteGroupBuilder group)
    {
        GetProgress.Map(group);
        PauseBroadcast.Map(group);
        ResumeBroadcast.Map(group);
        CancelBroadcast.Map(group);
        SendLate.Map(group);
    }

    /// <summary>A move of a broadcast that somebody saw at a version.</summary>
    public static void RunsBroadcasts(this RouteHandlerBuilder move) => move.RequirePermission(Permissions.RunBroadcasts).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
        .ShowsCurrent<BroadcastMessage, GetProgress.Current>(broadcast => new(broadcast.Id, broadcast.Number, broadcast.State, broadcast.Revision, broadcast.Version));
}
