using System.Diagnostics;
using System.Diagnostics.Metrics;
using Notification.Providers;
using Notification.Providers.Sandbox;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Mail;

/// <summary>
/// One handover whose intent is committed: the conversation, then its outcome in one save. Dying between the two leaves an intent without outcome, which becomes uncertain.
/// </summary>
internal sealed partial class HandOverEmail(IServiceScopeFactory scopes, SmtpPool server, IMeterFactory meters, TimeProvider clock, ILogger<HandOverEmail> log)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ServerAway = TimeSpan.FromSeconds(10);
    // A server that turns strangers away at first (greylisting) wants some minutes.
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(30);

    private readonly Counter<long> _handovers = meters.Create(Telemetry.Name).CreateCounter<long>("platform.email.handovers", "{email}", "Handovers to the mail server by outcome");

    public async Task<SendResult> RunAsync(EmailToSend email, CancellationToken stop)
    {
        _ = ActivityContext.TryParse(email.TraceParent, traceState: null, isRemote: true, out var parent);
        using var activity = Telemetry.Source.StartActivity("hand over email", ActivityKind.Internal, parent);
        activity?.SetTag("email.id", email.Id);
        var outcome = email.IsTest ? SandboxProvider.OutcomeOf(email.Id.ToString(), "000" + email.To.Split('@')[0], email.Attempt) : await server.SendAsync(email);
        activity?.SetTag("email.outcome", outcome.Result.ToString());
        if (!email.IsTest)
            _handovers.Add(1, new KeyValuePair<string, object?>("outcome", outcome.Result.ToString()));
        while (true)
        {
            try
            {
                await RecordAsync(email, outcome);
                HandedOver(log, outcome.Result == SendResult.Barred ? LogLevel.Warning : LogLevel.Information, email.Id, outcome.Result, outcome.Code);
                return outcome.Result;
            }
            catch (Exception fault) when (fault.IsInfrastructureFault() && !stop.IsCancellationRequested)
            {
                // What the server has said is known to this process alone.
                Waiting(log, email.Id, fault.GetType().Name);
                await Task.WhenAny(Task.Delay(Soon, stop));
            }
        }
    }

    private async Task RecordAsync(EmailToSend call, SendOutcome outcome)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var email = await db.LockEmailAsync(call.Id, CancellationToken.None);
        if (email.LeaseNo != call.LeaseNo)
            return;
        var now = clock.GetUtcNow();
        var told = outcome.Result switch
        {
            SendResult.Accepted => SmsState.AcceptedByProvider,
            SendResult.Refused => SmsState.Failed,
            SendResult.Unknown => SmsState.Uncertain,
            _ => SmsState.Queued,
        };
        if (outcome.Result != SendResult.NotCalled)
            email.Learn(db, new("answer", null, outcome.Code, told, outcome.Reason), now);
        var wait = outcome.Result switch
        {
            SendResult.NotNow => BackoffAfter(call.Attempt),
            // Others it may take: it is not away. Until its settings are mended each asks seldom, and has had no attempt.
            SendResult.Barred => BackoffAfter(call.LeaseNo),
            _ => ServerAway,
        };
        if (told == SmsState.Queued && email.IsAtHandover)
            email.PutBack(db, now + wait, now, wasCalled: outcome.Result == SendResult.NotNow);
        foreach (var report in outcome.Reports ?? [])
            email.Learn(db, new("report", null, report.Code, report.Told, report.Reason), now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    internal static TimeSpan BackoffAfter(int attempt) => TimeSpan.FromTicks(Math.Min(FirstBackoff.Ticks << Math.Min(attempt - 1, 10), LongestBackoff.Ticks));

    [LoggerMessage(Message = "E-mail {EmailId}: {Outcome} ({Code})")]
    private static partial void HandedOver(ILogger log, LogLevel level, Guid emailId, SendResult outcome, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcome of e-mail {EmailId} waits for the database: {Fault}")]
    private static partial void Waiting(ILogger log, Guid emailId, string fault);
}
