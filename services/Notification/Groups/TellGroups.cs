using Contracts.Notification;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Sending;
using Notification.Storage;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Notification.Groups;

/// <summary>
/// Tells how groups stand, every few seconds while they move. Counted anew at each look, never added up, under the lock of the group's row: so a higher version is a later
/// look, whichever instance looks.
/// </summary>
internal sealed class TellGroups(IServiceScopeFactory scopes, IOptions<SendingOptions> options, TimeProvider clock, ILogger<TellGroups> log) : BackgroundService
{
    private const int AtOnce = 20;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(options.Value.GroupProgressEvery, clock, log, TellAsync, stoppingToken);

    private async Task TellAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<NotificationDb>(), clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var due = await db.Set<SmsGroup>().FromSql($"""
            select * from sms_group where next_look_at <= {now} order by next_look_at, moved_at limit {AtOnce} for no key update skip locked
            """).ToListAsync(stop);
        if (due.Count == 0)
            return;
        // An intent counts as waiting: within a minute it is handed over, back in the queue, or uncertain.
        var ids = due.ConvertAll(group => group.Id);
        var counted = await db.Database.SqlQuery<GroupCounts>($"""
            select group_id as "Id", count(*) filter (where state in ('Queued', 'Intent')) as "Waiting",
              count(*) filter (where state in ('AcceptedByProvider', 'AcceptedByOperator')) as "HandedOver", count(*) filter (where state = 'Uncertain') as "Uncertain",
              count(*) filter (where state = 'Delivered') as "Delivered",
              count(*) filter (where state in ('TemporarilyFailed', 'Failed', 'Expired') and reason is distinct from {WithdrawGroup.Reason}) as "Failed",
              count(*) filter (where reason = {WithdrawGroup.Reason}) as "Withdrawn"
            from sms where group_id = any ({ids}) group by group_id
            """).ToDictionaryAsync(counts => counts.Id, stop);
        foreach (var group in due)
        {
            if (group.Stands(counted.GetValueOrDefault(group.Id) ?? new(group.Id, 0, 0, 0, 0, 0, 0), now))
                db.Publish(group.Id, Outbox.System, EventOf(group, now));
        }

        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
    }

    private static SmsGroupProgressed EventOf(SmsGroup group, DateTimeOffset now) => new()
    {
        GroupId = group.Id,
        Version = group.Version,
        At = now,
        Waiting = group.Waiting,
        HandedOver = group.HandedOver,
        Uncertain = group.Uncertain,
        Delivered = group.Delivered,
        Failed = group.Failed,
        Withdrawn = group.Withdrawn,
    };
}
