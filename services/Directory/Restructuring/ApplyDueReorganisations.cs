using System.Diagnostics.Metrics;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Restructuring;

/// <summary>
/// Applies each reorganisation at its instant, or right after the start if nothing ran then, and always as of its instant (DIR-6). One after the other in the order of
/// their instants, by whichever instance holds the lock; each with its events and audit entries in one transaction. Dying anywhere leaves it planned.
/// </summary>
internal sealed partial class ApplyDueReorganisations(
    IServiceScopeFactory scopes, ReorganisationMetrics metrics, TimeProvider clock, ILogger<ApplyDueReorganisations> log) : BackgroundService
{
    private const long ApplyLock = 0x50_4C_41_4E;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromSeconds(1), clock, log, async stop =>
    {
        while (await ApplyNextAsync(stop))
        {
            // The next one that is due.
        }

        await LookAsync(stop);
    }, stoppingToken);

    private async Task<bool> ApplyNextAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (!await db.Database.SqlQuery<bool>($"""select pg_try_advisory_xact_lock({ApplyLock}) as "Value" """).SingleAsync(stop))
            return false;
        var now = clock.GetUtcNow();
        if (await db.Reorganisations.AsNoTracking().Where(due => due.Status == ReorganisationStatus.Planned && due.EffectiveAt <= now)
            .OrderBy(due => due.EffectiveAt).ThenBy(due => due.Id).FirstOrDefaultAsync(stop) is not { } plan)
            return false;

        if (await RefusalAsync(db, plan, stop) is { } refusal)
        {
            await transaction.RollbackAsync(stop);
            await FailAsync(plan, refusal, stop);
            return true;
        }

        db.Attach(plan);
        plan.Apply(now);
        db.Write(Caller.System, nameof(ApplyDueReorganisations), ("Reorganisation", plan.Id), null, new { plan.Status, plan.EffectiveAt }, plan.Decree);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        metrics.Applied();
        Done(log, plan.Id, plan.EffectiveAt, now - plan.EffectiveAt);
        return true;
    }

    private async Task<Refusal?> RefusalAsync(DirectoryDb db, Reorganisation plan, CancellationToken stop)
    {
        try
        {
            return (await Rehearsal.ApplyAsync(db, plan, stop)).Refusal;
        }
        catch (Exception fault) when (!fault.IsInfrastructureFault() && fault is not (DbUpdateConcurrencyException or OperationCanceledException))
        {
            // A fault of ours must neither hold back what is due after it nor be tried for ever.
            Unexpected(log, plan.Id, fault);
            return new(null, "fault");
        }
    }

    private async Task FailAsync(Reorganisation plan, Refusal refusal, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        db.Attach(plan);
        plan.Fail(refusal.Step, refusal.Code);
        db.Write(Caller.System, nameof(ApplyDueReorganisations), ("Reorganisation", plan.Id), null, new { plan.Status, plan.FailedStep, plan.FailureCode }, plan.Decree);
        await db.SaveChangesAsync(stop);
        Failed(log, plan.Id, refusal.Step, refusal.Code);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        metrics.Saw(await db.Reorganisations.CountAsync(plan => plan.Status == ReorganisationStatus.Failed, stop));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Reorganisation {Id} of {EffectiveAt:u} applied, {Late} after its instant")]
    private static partial void Done(ILogger log, Guid id, DateTimeOffset effectiveAt, TimeSpan late);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reorganisation {Id} cannot be applied: step {Step}, {Code}")]
    private static partial void Failed(ILogger log, Guid id, int? step, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reorganisation {Id} met a fault")]
    private static partial void Unexpected(ILogger log, Guid id, Exception fault);
}

/// <summary>What operators see of reorganisations.</summary>
internal sealed class ReorganisationMetrics
{
    private readonly Counter<long> _applied;
    private int _failed;

    public ReorganisationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.Name);
        _applied = meter.CreateCounter<long>("platform.reorganisations.applied", "{reorganisation}", "Reorganisations that took effect");
        meter.CreateObservableGauge("platform.reorganisations.failed", () => _failed, "{reorganisation}", "Reorganisations that could not be applied and wait for a correction");
    }

    public void Applied() => _applied.Add(1);

    public void Saw(int failed) => _failed = failed;
}
