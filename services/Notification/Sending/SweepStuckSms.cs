using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults.Persistence;

namespace Notification.Sending;

/// <summary>
/// Once a second: intents without an outcome become uncertain (their process died), SMS whose time is over expire. Guarded by state and row lock, so any number
/// of instances may do it at once.
/// </summary>
internal sealed partial class SweepStuckSms(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SweepStuckSms> log) : BackgroundService
{
    private const int BatchSize = 100;
    private static readonly TimeSpan LongestIntent = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await SweepAsync(stoppingToken) == BatchSize)
                {
                    // More waits.
                }
            }
            catch (Exception fault) when (fault.IsInfrastructureFault())
            {
                Waiting(log, fault.GetType().Name);
            }
        }
    }

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

        if (lost.Count + late.Count > 0)
        {
            await db.SaveChangesAsync(stop);
            await transaction.CommitAsync(stop);
        }

        return Math.Max(lost.Count, late.Count);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody knows whether SMS {SmsId} was handed over")]
    private static partial void Lost(ILogger log, Guid smsId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweeping waits: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);
}
