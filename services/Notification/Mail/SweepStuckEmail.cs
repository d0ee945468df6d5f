using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Sending;
using Notification.Storage;
using ServiceDefaults.Persistence;

namespace Notification.Mail;

/// <summary>
/// Once a second, also while every conversation hangs or much waits: intents without an outcome become uncertain (their process died), e-mails whose time is over expire,
/// long silence gets its name, and what can wait is held while it is quiet. Guarded by state and row lock, so any number of instances may do it at once.
/// </summary>
internal sealed partial class SweepStuckEmail(
    IServiceScopeFactory scopes, IOptions<EmailOptions> options, IOptions<SendingOptions> sending, TimeProvider clock, ILogger<SweepStuckEmail> log) : BackgroundService
{
    private const int BatchSize = 100;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(
        TimeSpan.FromSeconds(1), clock, log, async stop => await SweepAsync(stop) == BatchSize || await HoldAsync(stop) == BatchSize, stoppingToken);

    private async Task<int> SweepAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var now = clock.GetUtcNow();
        var lostSince = now - options.Value.CallLimit - TimeSpan.FromMinutes(1);
        var silentSince = now - sending.Value.NoReportAfter;
        var stuck = await db.Emails.FromSql($"""
            select * from email where (state = 'Intent' and intent_at < {lostSince}) or (state = 'Queued' and expires_at <= {now})
              or (state in ('Uncertain', 'AcceptedByProvider', 'AcceptedByOperator') and no_report_at is null and changed_at < {silentSince}) limit {BatchSize} for update skip locked
            """).ToListAsync(stop);
        foreach (var email in stuck)
        {
            End(db, email, now);
            Stuck(log, email.Id, email.State);
        }

        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return stuck.Count;
    }

    /// <summary>As with SMS: it goes on behind the quiet hours, and waits again in the next ones if it has not left by then.</summary>
    private async Task<int> HoldAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<NotificationDb>(), clock.GetUtcNow());
        return await db.Database.ExecuteSqlAsync($"""
            update email set next_attempt_at = quiet_to, not_before = quiet_to, quiet_from = quiet_from + interval '1 day', quiet_to = quiet_to + interval '1 day'
            where id in (select id from email where state = 'Queued' and quiet_from <= {now} order by quiet_from limit {BatchSize} for update skip locked)
            """, stop);
    }

    private static void End(NotificationDb db, Email email, DateTimeOffset now)
    {
        switch (email.State)
        {
            case SmsState.Intent:
                email.Learn(db, new("service", null, "no-outcome", SmsState.Uncertain), now);
                break;
            case SmsState.Queued:
                email.Learn(db, new("service", null, "expired", SmsState.Expired, "expired"), now);
                break;
            default:
                email.GiveUpWaiting(db, now);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "E-mail {EmailId} was stuck: {State}")]
    private static partial void Stuck(ILogger log, Guid emailId, SmsState state);
}
