using System.Data;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Persistence;

namespace Broadcast.Sending;

/// <summary>
/// Takes each approved broadcast through its sending, step by step: one step is one transaction under the lock of the broadcast's row, which pause and cancellation take too.
/// All that is known stands in the database, so any instance makes the next step, and one that dies in the middle has made none.
/// </summary>
internal sealed partial class RunBroadcasts(IServiceScopeFactory scopes, TimeProvider clock, ILogger<RunBroadcasts> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly DateTimeOffset _began = clock.GetUtcNow();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(LookEvery, clock, log, RunAsync, stoppingToken);

    /// <summary>One step of each that has one to make. One that cannot be made now holds up no other.</summary>
    private async Task<bool> RunAsync(CancellationToken stop)
    {
        var more = false;
        foreach (var id in await DueAsync(stop))
        {
            try
            {
                more |= await StepAsync(id, stop);
            }
            catch (Exception fault) when (fault.IsInfrastructureFault() || fault is DbUpdateConcurrencyException)
            {
                Waits(log, id, fault.GetType().Name);
            }
        }

        return more;
    }

    private async Task<List<Guid>> DueAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        return await scope.ServiceProvider.GetRequiredService<BroadcastDb>().Database.SqlQuery<Guid>($"""
            select b.id as "Value" from broadcast b join revision r on r.broadcast_id = b.id and r.no = b.revision
            where b.state = 'Sending' or (b.state = 'Scheduled' and (r.send_at is null or r.send_at <= {now})) order by b.is_emergency desc, b.number
            """).ToListAsync(stop);
    }

    /// <summary>True when the next one can follow at once.</summary>
    private async Task<bool> StepAsync(Guid id, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BroadcastDb>();
        // What the directory says changes meanwhile: the statements that judge a list must see the same. Who loses against another one makes the step in the next round.
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        var more = await db.Broadcasts.FromSql($"select * from broadcast where id = {id} for no key update skip locked").SingleOrDefaultAsync(stop) switch
        {
            { State: BroadcastState.Scheduled } due => await scope.ServiceProvider.GetRequiredService<StartBroadcast>().RunAsync(due, stop),
            { State: BroadcastState.Sending } running => await OrderAsync(scope.ServiceProvider, running, stop),
            _ => false,
        };
        await transaction.CommitAsync(stop);
        return more;
    }

    private async Task<bool> OrderAsync(IServiceProvider services, BroadcastMessage running, CancellationToken stop)
    {
        if (await services.GetRequiredService<OrderChunk>().RunAsync(running, stop))
            return true;
        await services.GetRequiredService<Silence>().LookAsync(running, _began, stop);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broadcast {Id} waits for the next round: {Fault}")]
    private static partial void Waits(ILogger log, Guid id, string fault);
}
