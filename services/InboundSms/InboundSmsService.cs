using InboundSms.Abuse;
using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.Emergencies;
using InboundSms.Duplicates;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Live;
using InboundSms.NationalPortal;
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
using InboundSms.SettingAside;
using InboundSms.Storage;
using InboundSms.Submissions;
using MassTransit;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Documents;
using ServiceDefaults.Messaging;
using ServiceDefaults.Messaging.Parked;
using ServiceDefaults.Persistence;

namespace InboundSms;

/// <summary>The table of contents: what the service is made of.</summary>
internal static class InboundSmsService
{
    public static void AddInboundSms(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<InboundSmsDb>("inboundsms");
        builder.AddMessaging("inbound-sms", consumers =>
        {
            consumers.AddConsumer<RouteReceivedSms>();
            consumers.AddConsumer<TrackDelivery>();
            consumers.AddOrganisationCopy();
        });
        builder.AddSealing(Message.Sealed, MessagePart.Sealed, Answer.Sealed, CaseEvent.Sealed, Redaction.Sealed);

        Channels.Add(builder.Services);
        builder.Services.AddSingleton<IInboundProvider, KannelSms>();
        builder.Services.AddSingleton<IInboundProvider, TwilioSms>();
        builder.Services.AddSingleton<IInboundProvider, VonageSms>();
        builder.Services.AddSingleton<IInboundProvider, InfobipSms>();
        builder.Services.AddSingleton<IInboundProvider, GenericSms>();
        builder.Services.AddSingleton<IProviderList, TwilioList>();
        builder.Services.AddSingleton<IProviderList, VonageList>();
        builder.Services.AddSingleton<IProviderList, InfobipList>();
        builder.Services.AddOptions<RecoveryOptions>().BindConfiguration("Recovery").ValidateDataAnnotations().ValidateOnStart();
        ListClient.Add(builder.Services);
        builder.Services.AddHostedService<RecoverMissedSms>();
        builder.Services.AddHealthChecks().AddCheck<ProviderListsCheck>("provider-lists", timeout: TimeSpan.FromSeconds(3))
            .AddCheck<UnprovedCallsCheck>("unproved-calls", timeout: TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton<Quarantine>();
        builder.Services.AddSingleton<ReceivedSmsWriter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ReceivedSmsWriter>());
        builder.Services.AddSingleton<Intake>();
        builder.Services.AddSingleton<StorePart>();
        builder.Services.AddHostedService<JoinOverdueParts>();
        builder.AddSpool();

        builder.Services.AddSingleton<RoutingMetrics>();
        builder.Services.AddScoped<AutoAnswers>();
        builder.Services.AddScoped<RaiseEmergency>();
        builder.Services.AddOptions<ReceivingOptions>().BindConfiguration("Receiving");
        builder.Services.AddHostedService<PublishAnswers>();
        builder.AddPublicSearch();
        builder.Services.AddSingleton<ResponseTimes>();
        builder.Services.AddOptions<OpenDataOptions>().BindConfiguration("OpenData").ValidateDataAnnotations().ValidateOnStart();

        builder.Services.AddOptions<RoutingOptions>().BindConfiguration("Routing");
        Challenges.Add(builder.Services);
        builder.Services.AddOptions<AbuseOptions>().BindConfiguration("Abuse");
        builder.Services.AddOptions<AnsweringOptions>().BindConfiguration("Answering");
        builder.Services.AddScoped<GiveAnswer>();
        builder.Services.AddOptions<LiveUpdateOptions>().BindConfiguration("LiveUpdate");
        builder.Services.AddSingleton<LiveStreams>();
        builder.Services.AddSingleton<CaseChanges>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CaseChanges>());
        builder.Services.AddOptions<PublishingOptions>().BindConfiguration("Publishing");
        builder.Services.AddOptions<DeadlineOptions>().BindConfiguration("Deadlines").ValidateDataAnnotations()
            .Validate(deadlines => deadlines.ServiceHours.Count == 0 || ServiceCalendar.Of(deadlines.ServiceHours, deadlines.Holidays, TimeZoneInfo.Utc) is not null,
                "Deadlines:ServiceHours holds no hour.").ValidateOnStart();
        builder.Services.AddSingleton<CaseClocks>();
        builder.Services.AddSingleton<DeadlineMetrics>();
        builder.Services.AddSingleton<EscalateLate>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EscalateLate>());
        builder.Services.AddHostedService<WatchDeadlines>();
        builder.Services.AddOptions<PrivacyOptions>().BindConfiguration("Privacy")
            .Validate(privacy => privacy.PseudonymKey.Length >= PrivacyOptions.ShortestKey, "Privacy:PseudonymKey needs 32 characters at least.").ValidateOnStart();
        builder.Services.AddSingleton<Pseudonyms>();
        builder.Services.AddSingleton<ApplyRetention>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ApplyRetention>());
        PersonRequests.Add(builder.Services);
        builder.AddPrinting();
        builder.Services.AddOptions<ReportingOptions>().BindConfiguration("Reporting").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<ProduceMonthlyReports>();
        builder.Services.AddValidation();
    }

    public static void MapInboundSms(this WebApplication app)
    {
        ReceiveSms.Map(app);
        ListPublicMessages.Map(app);
        ProvePublication.Map(app);

        var web = app.MapGroup("/publik/api").WithTags("Public");
        CreateChallenge.Map(web);
        SubmitMessage.Map(web);
        ReadCase.Map(web);

        ListPublicUnits.Map(app);
        ShowResponseTimes.Map(app);
        Open311.Map(app);
        OpenData.Map(app);
        EditServiceInformation.Map(app);
        app.MapParkedMessages("/api/inbound-sms");

        var messages = Group(app, "messages", "Messages");
        ListMessages.Map(messages);
        GetMessage.Map(messages);
        EnterCall.Map(messages);
        AnswerMessage.Map(messages);
        AssignMessage.Map(messages);
        GetHistory.Map(messages);
        BlockSender.Map(messages);
        ShowPublication.Map(messages);
        MaskPublication.Map(messages);
        UncoverPublication.Map(messages);
        ReviewPublication.Map(messages);
        TakeDown.Map(messages);
        BringBack.Map(messages);
        NameProblem.Map(messages);
        ShowSender.Map(messages);
        HandOverToPortal.Map(messages);

        var blocked = Group(app, "", "Abuse");
        ListBlockedSenders.Map(blocked);
        LiftBlock.Map(blocked);
        ListBlockedMessages.Map(blocked);
        ReleaseMessage.Map(blocked);

        var duplicates = Group(app, "suspected-duplicates", "Messages");
        ListSuspectedDuplicates.Map(duplicates);
        JudgeDuplicate.Map(duplicates);

        SetClass.Map(messages);
        SetPriority.Map(messages);
        ProposeSetAside.Map(messages);
        DecideSetAside.Map(messages);
        UndoSetAside.Map(messages);

        ListSetAsideProposals.Map(Group(app, "set-aside-proposals", "Messages"));
        EditEmergencyWords.Map(Group(app, "emergency-words", "Emergencies"));
        var roster = Group(app, "duty-roster", "Emergencies");
        ListDutyShifts.Map(roster);
        AddDutyShift.Map(roster);
        EditDutyShift.Map(roster);
        RemoveDutyShift.Map(roster);

        var portal = Group(app, "portal", "National portal");
        ImportFromPortal.Map(portal);
        ExportToPortal.Map(portal);

        var reports = Group(app, "reports", "Reports");
        GetRecap.Map(reports);
        MonthlyReports.Map(reports);
        RecurringProblems.Map(Group(app, "problems", "Reports"), reports);
        SetHandler.Map(messages);
        SearchByNumber.Map(messages);
        ListNumberSearches.Map(app);
        WatchMessages.Map(messages);
        AddNote.Map(messages);
        ListNotes.Map(messages);
        ForwardMessage.Map(messages);
        ListForwarded.Map(messages);
        SaveDraft.Map(messages);
        ProposeAnswer.Map(messages);
        ApproveProposal.Map(messages);
        ReturnProposal.Map(messages);

        var templates = Group(app, "answer-templates", "Answer templates");
        ListAnswerTemplates.Map(templates);
        CreateAnswerTemplate.Map(templates);
        EditAnswerTemplate.Map(templates);
        DeleteAnswerTemplate.Map(templates);
        SetUnitSettings.Map(Group(app, "units", "Units"));
    }

    private static RouteGroupBuilder Group(WebApplication app, string path, string tag) => app.MapGroup($"/api/inbound-sms/{path}").WithTags(tag)
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).AcceptIdempotencyKey();
}
