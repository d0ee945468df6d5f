using Broadcast.Audiences;
using Broadcast.Examination;
using Broadcast.Privacy;
using Broadcast.Receiving;
using Broadcast.Reporting;
using Broadcast.Requests;
using Broadcast.Sending;
using Broadcast.Storage;
using Broadcast.Wording;
using MassTransit;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Messaging;
using ServiceDefaults.Messaging.Parked;
using ServiceDefaults.Persistence;
using ServiceDefaults.Sms;

namespace Broadcast;

/// <summary>Table of contents: what the service consists of.</summary>
internal static class BroadcastService
{
    public static void AddBroadcast(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidation();
        builder.Services.AddOptions<BroadcastOptions>().BindConfiguration("Broadcast").ValidateDataAnnotations().ValidateOnStart();
        builder.AddDatabase<BroadcastDb>("broadcast");
        builder.Services.AddScoped<Examiner>();
        builder.Services.AddScoped<TellExaminers>();
        builder.AddMessaging("broadcast", consumers =>
        {
            consumers.AddOrganisationCopy();
            consumers.AddContactCopy();
            consumers.AddConsumer<TrackDelivery>();
            consumers.AddConsumer<FollowProgress>();
            consumers.AddConsumer<KeepSmsAnswer>();
            consumers.AddConsumer<NoteOptOut>();
        });
        builder.AddSending();
        builder.AddSealing("broadcast", Decision.Sealed, BroadcastEvent.Sealed);
        builder.AddPseudonyms();
        builder.AddReceiving();
        builder.AddReporting();
        builder.AddPrivacy();
    }

    public static void MapBroadcast(this IEndpointRouteBuilder app)
    {
        var broadcasts = app.MapGroup("/api/broadcasts").WithTags("Broadcasts")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        broadcasts.MapAudiences();
        broadcasts.MapRequests();
        broadcasts.MapWording();
        broadcasts.MapExamination();
        broadcasts.MapSending();
        broadcasts.MapReceiving();
        broadcasts.MapReporting();
        app.MapParkedMessages("/api/broadcasts");
    }
}
