using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Notification.Sending;
using Notification.Storage;
using ServiceDefaults.Persistence;

namespace Notification.Groups;

/// <summary>From its commit on no sender takes anything of the group any more; <see cref="WithdrawSms"/> takes back one by one what nobody has.</summary>
internal sealed partial class WithdrawGroup(NotificationDb db, TimeProvider clock, ILogger<WithdrawGroup> log) : IConsumer<WithdrawSmsGroup>
{
    public const string Reason = "withdrawn";

    public async Task Consume(ConsumeContext<WithdrawSmsGroup> context)
    {
        var (id, now) = (context.Message.GroupId, clock.GetUtcNow());
        await db.Database.ExecuteSqlAsync($"""
            insert into sms_group (id, is_held, withdrawn_at, moved_at, next_look_at) values ({id}, true, {now}, {now}, {now})
            on conflict (id) do update set is_held = true, withdrawn_at = coalesce(sms_group.withdrawn_at, {now}), next_look_at = {now}
            """, context.CancellationToken);
        Withdrawn(log, id);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {GroupId} is withdrawn")]
    private static partial void Withdrawn(ILogger log, Guid groupId);
}

/// <summary>
/// Ends what is queued of withdrawn groups, also what comes back to the queue later because its provider did not take it. Any number of instances may do it at once.
/// </summary>
internal sealed partial class WithdrawSms(IServiceScopeFactory scopes, TimeProvider clock, ILogger<WithdrawSms> log) : BackgroundService
{
    private const int BatchSize = 200;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromSeconds(1), clock, log, WithdrawAsync, stoppingToken);

    private async Task<bool> WithdrawAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<NotificationDb>(), clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var queued = await db.Sms.FromSql($"""
            select sms.* from sms_group g join sms on sms.group_id = g.id and sms.state = 'Queued' where g.withdrawn_at is not null
            order by sms.id limit {BatchSize} for update of sms skip locked
            """).ToListAsync(stop);
        if (queued.Count == 0)
            return false;
        foreach (var sms in queued)
            sms.Learn(db, new("service", null, WithdrawGroup.Reason, SmsState.Failed, WithdrawGroup.Reason), now);
        await db.SaveInBulkAsync(stop);
        await transaction.CommitAsync(stop);
        TakenBack(log, queued.Count);
        return queued.Count == BatchSize;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} SMS of withdrawn groups are taken back")]
    private static partial void TakenBack(ILogger log, int count);
}
