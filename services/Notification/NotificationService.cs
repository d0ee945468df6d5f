using MassTransit;
using Microsoft.EntityFrameworkCore;
using Notification.Applications;
using Notification.Callbacks;
using Notification.Groups;
using Notification.Mail;
using Notification.Messages;
using Notification.Operating;
using Notification.Preferences;
using Notification.Privacy;
using Notification.Providers;
using Notification.Reports;
using Notification.Sending;
using Notification.Storage;
using Notification.Templates;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Messaging;
using ServiceDefaults.Messaging.Parked;
using ServiceDefaults.Persistence;

namespace Notification;

/// <summary>Table of contents: what the service consists of.</summary>
internal static class NotificationService
{
    public static void AddNotification(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidation();
        builder.AddDatabase<NotificationDb>("notification");
        builder.AddMessaging("notification", consumers =>
        {
            consumers.AddConsumer<AcceptSms>();
            consumers.AddConsumer<AcceptSmsBatch>();
            consumers.AddConsumer<HoldGroup>();
            consumers.AddConsumer<WithdrawGroup>();
            consumers.AddConsumer<AcceptEmail>();
            consumers.AddContactCopy();
        });
        builder.AddSealing("notification", DeliveryEvent.Sealed, EmailEvent.Sealed);
        builder.AddChannels();
        builder.Services.AddProviderCalls();

        builder.Services.AddOptions<SendingOptions>().BindConfiguration("Sending").ValidateDataAnnotations()
            .Validate(options => options.IsInBounds, "Sending:Validity is between a minute and seven days; Sending:Limits name Segments, and Per, between 0.1 s and a day.").ValidateOnStart();
        builder.Services.AddSingleton<SendingBell>();
        builder.Services.AddSingleton<RingAfterCommit>();
        builder.Services.ConfigureDbContext<NotificationDb>((services, options) => options.AddInterceptors(services.GetRequiredService<RingAfterCommit>()));
        builder.Services.AddScoped<StoreOrders>();
        builder.Services.AddHostedService<WithdrawSms>();
        builder.Services.AddHostedService<TellGroups>();
        builder.Services.AddSingleton<SmsMetrics>();
        builder.Services.AddSingleton<LeaseDueSms>();
        builder.Services.AddSingleton<HandOver>();
        builder.Services.AddSingleton<RecordOutcomes>();
        builder.Services.AddHostedService<SendDueSms>();
        builder.Services.AddHostedService<SweepStuckSms>();
        builder.Services.AddSingleton<AskSilentSms>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AskSilentSms>());
        builder.Services.AddHostedService<WatchQueue>();
        builder.Services.AddHealthChecks().AddCheck<OldestDueSms>("sending", timeout: TimeSpan.FromSeconds(3))
            .AddCheck<OldestDueEmail>("email", timeout: TimeSpan.FromSeconds(3));

        builder.Services.AddSingleton<ApplyRetention>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ApplyRetention>());
        SetRetention.Add(builder.Services);
        PersonRequests.Add(builder.Services);

        builder.Services.AddSingleton<WatchBalance>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WatchBalance>());
        builder.Services.AddSingleton<Budgets>();
        builder.Services.AddSingleton<BudgetIsEnough>();
        builder.Services.AddSingleton<TellAlarms>();
        builder.Services.AddHostedService(services => services.GetRequiredService<TellAlarms>());
        builder.Services.AddHealthChecks().AddCheck<BalanceIsEnough>("sms-balance", timeout: TimeSpan.FromSeconds(3))
            .AddCheck<BudgetIsEnough>("sms-budget", timeout: TimeSpan.FromSeconds(3));

        builder.Services.AddSingleton<ReportBell>();
        builder.Services.AddHostedService<ApplyReports>();

        builder.Services.AddOptions<ApplicationOptions>().BindConfiguration("Applications").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DailyLimit>();
        builder.Services.AddCallbacks();
        builder.Services.AddEmail();
    }

    public static void MapNotification(this IEndpointRouteBuilder app)
    {
        ReceiveReport.Map(app);
        ReceiveBounce.Map(app);
        ListMessages.Map(app);
        GetMessage.Map(app);
        ListEmails.Map(app);
        GetEmail.Map(app);
        GetSending.Map(app);
        PauseSending.Map(app);
        ResumeSending.Map(app);
        ResendSms.Map(app);
        ResendEmail.Map(app);
        SetPreferences.Map(app);
        MapApplications(app);
        app.MapParkedMessages("/api/notifications");
    }

    private static void MapApplications(IEndpointRouteBuilder app)
    {
        var sms = Group(app, "sms", "Applications");
        OrderSms.Map(sms);
        ListOrderedSms.Map(sms);
        GetOrderedSms.Map(sms);

        var emails = Group(app, "emails", "Applications");
        OrderEmail.Map(emails);
        ListOrderedEmail.Map(emails);
        GetOrderedEmail.Map(emails);

        CallbackRegistration.MapCallbacks(Group(app, "callback", "Applications"), Group(app, "callbacks", "Operations"));

        var applications = Group(app, "applications", "Applications");
        ListSendingApplications.Map(applications);
        SetDailyLimit.Map(applications);

        var templates = Group(app, "templates", "Templates");
        ListTemplates.Map(templates);
        ListTemplateVersions.Map(templates);
        CreateTemplate.Map(templates);
        EditTemplate.Map(templates);
        PreviewTemplate.Map(templates);
    }

    private static RouteGroupBuilder Group(IEndpointRouteBuilder app, string path, string tag) => app.MapGroup($"/api/notifications/{path}").WithTags(tag)
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
}
