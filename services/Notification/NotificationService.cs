using MassTransit;
using Microsoft.EntityFrameworkCore;
using Notification.Messages;
using Notification.Operating;
using Notification.Privacy;
using Notification.Providers;
using Notification.Reports;
using Notification.Sending;
using Notification.Storage;
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
            consumers.AddContactCopy();
        });
        builder.AddSealing("notification", DeliveryEvent.Sealed);
        builder.AddChannels();
        builder.Services.AddProviderCalls();

        builder.Services.AddOptions<SendingOptions>().BindConfiguration("Sending").ValidateDataAnnotations()
            .Validate(options => options.IsInBounds, "Sending:Validity is between a minute and seven days; Sending:Limits name Segments, and Per, between 0.1 s and a day.").ValidateOnStart();
        builder.Services.AddSingleton<SendingBell>();
        builder.Services.AddSingleton<RingAfterCommit>();
        builder.Services.ConfigureDbContext<NotificationDb>((services, options) => options.AddInterceptors(services.GetRequiredService<RingAfterCommit>()));
        builder.Services.AddSingleton<SmsMetrics>();
        builder.Services.AddSingleton<LeaseDueSms>();
        builder.Services.AddSingleton<HandOver>();
        builder.Services.AddSingleton<RecordOutcomes>();
        builder.Services.AddHostedService<SendDueSms>();
        builder.Services.AddHostedService<SweepStuckSms>();
        builder.Services.AddSingleton<AskSilentSms>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AskSilentSms>());
        builder.Services.AddHostedService<WatchQueue>();
        builder.Services.AddHealthChecks().AddCheck<OldestDueSms>("sending", timeout: TimeSpan.FromSeconds(3));

        builder.Services.AddSingleton<ApplyRetention>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ApplyRetention>());
        SetRetention.Add(builder.Services);

        builder.Services.AddSingleton<WatchBalance>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WatchBalance>());
        builder.Services.AddSingleton<Budgets>();
        builder.Services.AddSingleton<BudgetIsEnough>();
        builder.Services.AddHealthChecks().AddCheck<BalanceIsEnough>("sms-balance", timeout: TimeSpan.FromSeconds(3))
            .AddCheck<BudgetIsEnough>("sms-budget", timeout: TimeSpan.FromSeconds(3));

        builder.Services.AddSingleton<ReportBell>();
        builder.Services.AddHostedService<ApplyReports>();
    }

    public static void MapNotification(this IEndpointRouteBuilder app)
    {
        ReceiveReport.Map(app);
        ListMessages.Map(app);
        GetMessage.Map(app);
        GetSending.Map(app);
        PauseSending.Map(app);
        ResumeSending.Map(app);
        ResendSms.Map(app);
        app.MapParkedMessages("/api/notifications");
    }
}
