using InboundSms.Abuse;
using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.Emergencies;
using InboundSms.History;
using InboundSms.Live;
using InboundSms.Notices;
using InboundSms.Portal;
using InboundSms.Privacy;
using InboundSms.Publishing;
using InboundSms.Receive;
using InboundSms.Receive.Parts;
using InboundSms.Receive.Providers.Generic;
using InboundSms.Receive.Providers.Infobip;
using InboundSms.Receive.Providers.Kannel;
using InboundSms.Receive.Providers.Twilio;
using InboundSms.Receive.Providers.Vonage;
using InboundSms.Receive.Recovery;
using InboundSms.Receive.Spooling;
using InboundSms.Reporting;
using InboundSms.Routing;
using InboundSms.Storage;
using InboundSms.Submissions;
using MassTransit;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.Reports;
using ServiceDefaults.Sms;

namespace InboundSms;

/// <summary>The table of contents: what the service is made of. Its endpoints: <see cref="InboundSmsEndpoints"/>.</summary>
internal static class InboundSmsService
{
    public static void AddInboundSms(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<InboundSmsDb>("inboundsms");
        builder.AddMessaging("inbound-sms", consumers =>
        {
            consumers.AddConsumer<RouteReceivedSms>();
            consumers.AddConsumer<TrackDelivery>();
            consumers.AddConsumer<KeepNoticePreferences>();
            consumers.AddOrganisationCopy();
        });
        builder.AddSealing("inboundsms", Message.Sealed, MessagePart.Sealed, Answer.Sealed, CaseEvent.Sealed, Redaction.Sealed);
        builder.AddReceiving();
        builder.AddRecovery();
        builder.AddRouting();
        builder.AddAnswering();
        builder.AddDeadlines();
        builder.AddNotices();
        builder.AddPublishing();
        builder.AddReporting();
        builder.AddPrivacy();
        builder.Services.AddValidation();
    }

    private static void AddReceiving(this WebApplicationBuilder builder)
    {
        Channels.Add(builder.Services);
        builder.Services.AddSingleton<IInboundProvider, KannelSms>();
        builder.Services.AddSingleton<IInboundProvider, TwilioSms>();
        builder.Services.AddSingleton<IInboundProvider, VonageSms>();
        builder.Services.AddSingleton<IInboundProvider, InfobipSms>();
        builder.Services.AddSingleton<IInboundProvider, GenericSms>();
        builder.Services.AddOptions<ReceivingOptions>().BindConfiguration("Receiving");
        builder.Services.AddSingleton<Quarantine>();
        builder.Services.AddHealthChecks().AddCheck<UnprovedCallsCheck>("unproved-calls", timeout: TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton<ReceivedSmsWriter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ReceivedSmsWriter>());
        builder.Services.AddSingleton<Intake>();
        builder.Services.AddSingleton<StorePart>();
        builder.Services.AddHostedService<JoinOverdueParts>();
        builder.AddSpool();
        Challenges.Add(builder.Services);
    }

    private static void AddRecovery(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProviderList, TwilioList>();
        builder.Services.AddSingleton<IProviderList, VonageList>();
        builder.Services.AddSingleton<IProviderList, InfobipList>();
        builder.Services.AddOptions<RecoveryOptions>().BindConfiguration("Recovery").ValidateDataAnnotations().ValidateOnStart();
        ListClient.Add(builder.Services);
        builder.Services.AddSingleton<PulledPages>();
        builder.Services.AddHostedService<RecoverMissedSms>();
        builder.Services.AddHealthChecks().AddCheck<ProviderListsCheck>("provider-lists", timeout: TimeSpan.FromSeconds(3));
    }

    private static void AddRouting(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RoutingOptions>().BindConfiguration("Routing").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<AbuseOptions>().BindConfiguration("Abuse");
        builder.Services.AddSingleton<RoutingMetrics>();
        builder.Services.AddScoped<AutoAnswers>();
        builder.Services.AddScoped<RaiseEmergency>();
    }

    private static void AddAnswering(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AnsweringOptions>().BindConfiguration("Answering");
        builder.Services.AddScoped<GiveAnswer>();
        builder.Services.AddOptions<LiveUpdateOptions>().BindConfiguration("LiveUpdate");
        builder.Services.AddSingleton<LiveStreams>();
        builder.Services.AddSingleton<CaseChanges>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CaseChanges>());
    }

    private static void AddDeadlines(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DeadlineOptions>().BindConfiguration("Deadlines").ValidateDataAnnotations()
            .Validate(deadlines => deadlines.ServiceHours.Count == 0 || ServiceCalendar.Of(deadlines.ServiceHours, deadlines.Holidays, TimeZoneInfo.Utc) is not null,
                "Deadlines:ServiceHours holds no hour.").ValidateOnStart();
        builder.Services.AddSingleton<CaseClocks>();
        builder.Services.AddSingleton<DeadlineMetrics>();
        builder.Services.AddSingleton<EscalateLate>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EscalateLate>());
        builder.Services.AddHostedService<WatchDeadlines>();
    }

    private static void AddNotices(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<NoticeOptions>().BindConfiguration("Notices").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<NoticeMetrics>();
        builder.Services.AddSingleton<TellNotices>();
        builder.Services.AddHostedService(services => services.GetRequiredService<TellNotices>());
    }

    private static void AddPublishing(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<PublishingOptions>().BindConfiguration("Publishing");
        builder.Services.AddHostedService<PublishAnswers>();
        builder.AddPublicSearch();
        builder.Services.AddSingleton<ResponseTimes>();
        builder.Services.AddOptions<OpenDataOptions>().BindConfiguration("OpenData").ValidateDataAnnotations().ValidateOnStart();
    }

    private static void AddReporting(this WebApplicationBuilder builder)
    {
        ProduceMonthlyReports.Add<MonthFigures>(builder);
    }

    private static void AddPrivacy(this WebApplicationBuilder builder)
    {
        builder.AddPseudonyms();
        builder.Services.AddSingleton<ApplyRetention>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ApplyRetention>());
        PersonRequests.Add(builder.Services);
    }
}
