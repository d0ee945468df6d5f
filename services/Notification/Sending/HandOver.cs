using System.Diagnostics;
using System.Threading.Channels;
using Notification.Providers;
using ServiceDefaults;

namespace Notification.Sending;

/// <summary>
/// One handover whose intent is committed: the call, and its outcome to whoever records it. Dying between the two leaves an intent without outcome, which the
/// sweeper lists as uncertain; a report under our reference repairs it.
/// </summary>
internal sealed partial class HandOver(SmsMetrics metrics, TimeProvider clock, ILogger<HandOver> log)
{
    // An intent that has waited longer may already be the sweeper's or another instance's business.
    private static readonly TimeSpan StaleIntent = TimeSpan.FromSeconds(5);

    public async Task RunAsync(SendingChannel channel, SmsToSend sms, ChannelWriter<Outcome> record)
    {
        _ = ActivityContext.TryParse(sms.TraceParent, traceState: null, isRemote: true, out var parent);
        using var activity = Telemetry.Source.StartActivity("hand over sms", ActivityKind.Internal, parent);
        activity?.SetTag("sms.id", sms.Id).SetTag("sms.channel", channel.Name).SetTag("sms.purpose", sms.Purpose);

        // Whatever happens in between, somebody records it: an outcome that nobody hears of would keep its slot for ever.
        var outcome = new SendOutcome(SendResult.Unknown, "fault");
        try
        {
            if (sms.StartAt - clock.GetUtcNow() is { Ticks: > 0 } early)
                await Task.Delay(early, clock);
            outcome = clock.GetUtcNow() - sms.IntentAt > StaleIntent
                ? new(SendResult.NotCalled, "late")
                : await channel.SendAsync(sms);
        }
        finally
        {
            record.TryWrite(new(sms, outcome, activity?.Context ?? parent));
        }

        activity?.SetTag("sms.outcome", outcome.Result.ToString());
        metrics.HandedOver(channel.Name, sms.Purpose, outcome.Result);
        HandedOver(log, sms.IsBroadcast ? LogLevel.Debug : LogLevel.Information, sms.Id, channel.Name, outcome.Result, outcome.Code);
    }

    // Of a broadcast the history tells each; a hundred thousand lines would tell nothing more.
    [LoggerMessage(Message = "SMS {SmsId} on {Channel}: {Outcome} ({Code})")]
    private static partial void HandedOver(ILogger log, LogLevel level, Guid smsId, string channel, SendResult outcome, string code);
}
