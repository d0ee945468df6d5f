using System.Diagnostics;
using Notification.Providers;
using Notification.Reports;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Sending;

/// <summary>
/// One handover whose intent is committed: call, then outcome in one save. Dying between the two leaves an intent without outcome, which the sweeper lists
/// as uncertain; a report under our reference repairs it.
/// </summary>
internal sealed partial class HandOver(
    IServiceScopeFactory scopes, SmsMetrics metrics, ReportBell reports, TimeProvider clock, ILogger<HandOver> log)
{
    // An intent that has waited longer may already be the sweeper's or another instance's business.
    private static readonly TimeSpan StaleIntent = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public async Task RunAsync(SendingChannel channel, SmsToSend sms, CancellationToken stop)
    {
        _ = ActivityContext.TryParse(sms.TraceParent, traceState: null, isRemote: true, out var parent);
        using var activity = Telemetry.Source.StartActivity("hand over sms", ActivityKind.Internal, parent);
        activity?.SetTag("sms.id", sms.Id).SetTag("sms.channel", channel.Name).SetTag("sms.purpose", sms.Purpose);

        var outcome = clock.GetUtcNow() - sms.IntentAt > StaleIntent
            ? new(SendResult.NotCalled, "late")
            : await channel.SendAsync(sms);
        activity?.SetTag("sms.outcome", outcome.Result.ToString());
        metrics.HandedOver(channel.Name, sms.Purpose, outcome.Result);
        await RecordAsync(channel, sms, outcome, stop);
        HandedOver(log, sms.Id, channel.Name, outcome.Result, outcome.Code);
    }

    /// <summary>What the provider has said is known to this process alone until it is stored, so a database that is away is waited for.</summary>
    private async Task RecordAsync(SendingChannel channel, SmsToSend sms, SendOutcome outcome, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await RecordOnceAsync(channel, sms, outcome);
                return;
            }
            catch (Exception fault) when (fault.IsInfrastructureFault() && !stop.IsCancellationRequested)
            {
                Waiting(log, sms.Id, fault.GetType().Name);
                await Task.WhenAny(Task.Delay(Soon, stop));
            }
        }
    }

    private async Task RecordOnceAsync(SendingChannel channel, SmsToSend call, SendOutcome outcome)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var sms = await db.LockSmsAsync(call.Id, CancellationToken.None);
        if (sms.LeaseNo != call.LeaseNo)
            return;

        var now = clock.GetUtcNow();
        switch (outcome.Result)
        {
            case SendResult.Accepted:
                sms.Learn(db, new("answer", channel.Name, outcome.Code, SmsState.AcceptedByProvider), now);
                break;
            case SendResult.Refused:
                sms.Learn(db, new("answer", channel.Name, outcome.Code, SmsState.Failed, outcome.Reason), now);
                break;
            case SendResult.Unknown:
                sms.Learn(db, new("answer", channel.Name, outcome.Code, SmsState.Uncertain), now);
                break;
            case SendResult.NotNow:
                sms.Learn(db, new("answer", channel.Name, outcome.Code, SmsState.Queued), now);
                if (sms.IsAtHandover)
                    sms.PutBack(db, now + BackoffAfter(call.Attempt), now);
                break;
            case SendResult.NotCalled when sms.IsAtHandover:
                sms.TakeBack(db, now + Soon, now);
                break;
        }

        if (outcome.Reference is { } reference)
            sms.NameAs(reference);
        foreach (var report in outcome.Reports ?? [])
            await Report.StoreAsync(db, channel.Name, report, now, CancellationToken.None);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        if (outcome.Reference is not null || outcome.Reports is not null)
            reports.Ring();
    }

    internal static TimeSpan BackoffAfter(int attempt) =>
        TimeSpan.FromTicks(Math.Min(FirstBackoff.Ticks << Math.Min(attempt - 1, 10), LongestBackoff.Ticks));

    [LoggerMessage(Level = LogLevel.Information, Message = "SMS {SmsId} on {Channel}: {Outcome} ({Code})")]
    private static partial void HandedOver(ILogger log, Guid smsId, string channel, SendResult outcome, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcome of SMS {SmsId} waits for the database: {Fault}")]
    private static partial void Waiting(ILogger log, Guid smsId, string fault);
}
