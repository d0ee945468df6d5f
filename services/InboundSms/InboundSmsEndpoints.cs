using InboundSms.Abuse;
using InboundSms.Answering;
using InboundSms.Duplicates;
using InboundSms.Emergencies;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Live;
using InboundSms.NationalPortal;
using InboundSms.Portal;
using InboundSms.Privacy;
using InboundSms.Publishing;
using InboundSms.Receive;
using InboundSms.Reporting;
using InboundSms.Routing;
using InboundSms.SettingAside;
using InboundSms.Submissions;
using ServiceDefaults;
using ServiceDefaults.Messaging.Parked;
using ServiceDefaults.Reports;
using ServiceDefaults.SignIn;

namespace InboundSms;

/// <summary>The doors of the service, by what people do.</summary>
internal static class InboundSmsEndpoints
{
    public static void MapInboundSms(this WebApplication app)
    {
        ReceiveSms.Map(app);
        MapPublic(app);
        MapCases(app, Group(app, "messages", "Messages"));
        MapSecretariat(app);
        app.MapParkedMessages("/api/inbound-sms");
    }

    private static void MapPublic(WebApplication app)
    {
        ListPublicMessages.Map(app);
        ProvePublication.Map(app);
        ListPublicUnits.Map(app);
        ShowResponseTimes.Map(app);
        Open311.Map(app);
        OpenData.Map(app);

        var web = app.MapGroup("/publik/api").WithTags("Public");
        CreateChallenge.Map(web);
        SubmitMessage.Map(web);
        ReadCase.Map(web);
    }

    private static void MapCases(WebApplication app, RouteGroupBuilder messages)
    {
        ListMessages.Map(messages);
        GetMessage.Map(messages);
        GetHistory.Map(messages);
        WatchMessages.Map(messages);
        SearchByNumber.Map(messages);
        ListNumberSearches.Map(app);
        ShowSender.Map(app);

        AssignMessage.Map(messages);
        SetHandler.Map(messages);
        ForwardMessage.Map(messages);
        ListForwarded.Map(messages);
        AddNote.Map(messages);
        ListNotes.Map(messages);
        SetClass.Map(messages);
        SetPriority.Map(messages);
        NameProblem.Map(messages);

        SaveDraft.Map(messages);
        AnswerMessage.Map(messages);
        ProposeAnswer.Map(messages);
        ApproveProposal.Map(messages);
        ReturnProposal.Map(messages);
        var templates = Group(app, "answer-templates", "Answer templates");
        ListAnswerTemplates.Map(templates);
        CreateAnswerTemplate.Map(templates);
        EditAnswerTemplate.Map(templates);
        DeleteAnswerTemplate.Map(templates);

        ShowPublication.Map(messages);
        MaskPublication.Map(messages);
        UncoverPublication.Map(messages);
        ReviewPublication.Map(messages);
        TakeDown.Map(messages);
        BringBack.Map(messages);

        ProposeSetAside.Map(messages);
        DecideSetAside.Map(messages);
        UndoSetAside.Map(messages);
        ListSetAsideProposals.Map(Group(app, "set-aside-proposals", "Messages"));
        var duplicates = Group(app, "suspected-duplicates", "Messages");
        ListSuspectedDuplicates.Map(duplicates);
        JudgeDuplicate.Map(duplicates);
        EnterCall.Map(messages);
        BlockSender.Map(messages);
        HandOverToPortal.Map(messages);
    }

    private static void MapSecretariat(WebApplication app)
    {
        var blocked = Group(app, "", "Abuse");
        ListBlockedSenders.Map(blocked);
        LiftBlock.Map(blocked);
        ListBlockedMessages.Map(blocked);
        ReleaseMessage.Map(blocked);

        EditEmergencyWords.Map(Group(app, "emergency-words", "Emergencies"));
        var roster = Group(app, "duty-roster", "Emergencies");
        ListDutyShifts.Map(roster);
        AddDutyShift.Map(roster);
        EditDutyShift.Map(roster);
        RemoveDutyShift.Map(roster);
        SetUnitSettings.Map(Group(app, "units", "Units"));
        EditServiceInformation.Map(app);

        var portal = Group(app, "portal", "National portal");
        ImportFromPortal.Map(portal);
        ExportToPortal.Map(portal);

        // No Idempotency-Key: a stored answer would be a copy of what was read for a reason.
        var quarantine = app.MapGroup("/api/inbound-sms/quarantine").WithTags("Operations")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        ListQuarantine.Map(quarantine);
        ReadQuarantined.Map(quarantine);

        var reports = Group(app, "reports", "Reports");
        GetRecap.Map(reports);
        new MonthlyReports("laporan-sms-center", Permissions.ReadReports, Permissions.ProduceReports, Permissions.SubmitReports, Permissions.ForwardReports).Map(reports);
        RecurringProblems.Map(Group(app, "problems", "Reports"), reports);
    }

    private static RouteGroupBuilder Group(WebApplication app, string path, string tag) => app.MapGroup($"/api/inbound-sms/{path}").WithTags(tag)
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).AcceptIdempotencyKey();
}
