using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Providers;
using Notification.Storage;
using ServiceDefaults.Persistence;

namespace Notification.Sending;

/// <summary>
/// Once a second: intents without an outcome become uncertain (their process died), SMS whose time is over expire, what waits at a provider that fails for long
/// goes to the next one, long silence gets its name, and what can wait is held while it is quiet. Guarded by state and row lock, so any number of instances may do it at once.
/// </summary>
internal sealed partial class SweepStuckSms(
    IServiceScopeFactory scopes, Channels channels, IOptions<SendingOptions> options, TimeProvider clock, ILogger<SweepStuckSms> log) : BackgroundService
{
    private const int BatchSize = 100;
    private static readonly TimeSpan LongestIntent = TimeSpan.FromSeconds(60);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(
        TimeSpan.FromSeconds(1), clock, log, async stop => await SweepAsync(stop) == BatchSize || await HoldAsync(stop) == BatchSize, stoppingToken);

    private async Task<int> SweepAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var now = clock.GetUtcNow();
        var lostSince = now - LongestIntent;
        var lost = await db.Sms.FromSql(
            $"select * from sms where state = 'Intent' and intent_at < {lostSince} order by intent_at limit {BatchSize} for update skip locked").ToListAsync(stop);
        foreach (var sms in lost)
        {
            sms.Learn(db, new("service", null, "no-outcome", SmsState.Uncertain), now);
            Lost(log, sms.Id);
        }

        var late = await db.Sms.FromSql(
            $"select * from sms where state = 'Queued' and expires_at <= {now} order by expires_at limit {BatchSize} for update skip locked").ToListAsync(stop);
        foreach (var sms in late)
            sms.Learn(db, new("service", null, "expired", SmsState.Expired, "expired"), now);

        var silentSince = now - options.Value.NoReportAfter;
        var silent = await db.Sms.FromSql($"""
            select * from sms where state in ('Uncertain', 'AcceptedByProvider', 'AcceptedByOperator') and no_report_at is null and changed_at < {silentSince}
            order by changed_at limit {BatchSize} for update skip locked
            """).ToListAsync(stop);
        foreach (var sms in silent)
            sms.GiveUpWaiting(db, now);

        var moved = await MoveAsync(db, now, stop);
        if (lost.Count + late.Count + silent.Count + moved > 0)
        {
            await db.SaveInBulkAsync(stop);
            await transaction.CommitAsync(stop);
        }

        return int.Max(int.Max(lost.Count, late.Count), int.Max(silent.Count, moved));
    }

    /// <summary>What is queued is with nobody, so it may be handed to anybody.</summary>
    private async Task<int> MoveAsync(NotificationDb db, DateTimeOffset now, CancellationToken stop)
    {
        var count = 0;
        var until = now + options.Value.FailOverAfter;
        var blocked = await db.Database.SqlQuery<string>($"""select channel as "Value" from route where blocked_until > {until}""").ToListAsync(stop);
        var failed = channels.Senders.Values.Where(channel => channel.FailingSince <= now - options.Value.FailOverAfter).Select(channel => channel.Name);
        var closed = await db.ClosedRoutesAsync(now, stop);
        foreach (var failing in failed.Union(blocked, StringComparer.Ordinal))
        {
            foreach (var name in channels.UsersOf(failing))
            {
                if (channels.OtherRoute(name, failing, closed) is not { } route)
                    continue;
                var waiting = await db.Sms.FromSql($"""
                    select * from sms where state = 'Queued' and sent_by = {failing} and channel = {name} and expires_at > {now} order by lane, next_attempt_at limit {BatchSize} for update skip locked
                    """).ToListAsync(stop);
                foreach (var sms in waiting)
                {
                    sms.PutBack(db, now, now);
                    sms.SendBy(db, route, now);
                }

                db.HasNewSms |= waiting.Count > 0;
                count = int.Max(count, waiting.Count);
            }
        }

        return count;
    }

    /// <summary>The quiet hours of what can wait have begun: it goes on behind them, and waits again in the next ones if it has not left by then.</summary>
    private async Task<int> HoldAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<NotificationDb>(), clock.GetUtcNow());
        var held = await db.Database.ExecuteSqlAsync($"""
            update sms set next_attempt_at = quiet_to, not_before = quiet_to, quiet_from = quiet_from + interval '1 day', quiet_to = quiet_to + interval '1 day'
            where id in (select id from sms where state = 'Queued' and quiet_from <= {now} order by quiet_from limit {BatchSize} for update skip locked)
            """, stop);
        if (held > 0)
            Held(log, held);
        return held;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} SMS wait until quiet hours are over")]
    private static partial void Held(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody knows whether SMS {SmsId} was handed over")]
    private static partial void Lost(ILogger log, Guid smsId);
}
