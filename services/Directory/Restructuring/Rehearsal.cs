using System.Security.Claims;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.Restructuring;

/// <summary>Why a reorganisation cannot be applied.</summary>
/// <param name="Step">Index of the step; null when it is no step's fault.</param>
/// <param name="Code">A problem's code.</param>
/// <param name="Field">Member of the step, if one is to blame.</param>
internal sealed record Refusal(int? Step, string Code, string? Field = null)
{
    /// <summary>How a request names what is wrong.</summary>
    public string Path => $"steps[{Step}]" + (Field is null ? "" : $".{Field}");
}

/// <summary>What applying a reorganisation did, act by act with the index of its step, or why it could not be done.</summary>
internal sealed record Outcome(IReadOnlyList<(int Step, AuditEntry Act)> Acts, Refusal? Refusal);

/// <summary>
/// Looks ahead by doing: what is planned is applied, with all its rules, in a transaction that is never committed. On a connection of its own, so that nothing of it
/// touches the request's.
/// </summary>
internal sealed class Rehearsal(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>Reads the organisation as of an instant: from its history, or, for who may read plans, from what is planned until then.</summary>
    /// <param name="db">The context for an instant that is past.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="at">The instant; <see cref="History.AsItIs"/> is no instant, but the last word.</param>
    /// <param name="read">Reads from the context that it is given.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task<T> AsOfAsync<T>(DirectoryDb db, ClaimsPrincipal user, DateTimeOffset at, Func<DirectoryDb, Task<T>> read, CancellationToken stop)
    {
        if (at == History.AsItIs || at <= clock.GetUtcNow() || !Permissions.ReadReorganisations.IsGivenTo(user))
            return await read(db);
        return await AheadAsync(async ahead =>
        {
            await ApplyPlannedAsync(ahead, plan => plan.EffectiveAt <= at, stop);
            return await read(ahead);
        }, stop);
    }

    /// <summary>Tries a reorganisation upon what is planned before it.</summary>
    public Task<Outcome> TryAsync(Reorganisation plan, CancellationToken stop) => AheadAsync(async ahead =>
    {
        await ApplyPlannedAsync(ahead, other => other.Id != plan.Id
            && (other.EffectiveAt < plan.EffectiveAt || (other.EffectiveAt == plan.EffectiveAt && other.Id.CompareTo(plan.Id) < 0)), stop);
        return await ApplyAsync(ahead, plan, stop);
    }, stop);

    /// <summary>Does the steps in the transaction of the context, as of the plan's instant. After a refusal the transaction is to be rolled back.</summary>
    public static async Task<Outcome> ApplyAsync(DirectoryDb db, Reorganisation plan, CancellationToken stop)
    {
        var caller = Caller.System with { Reason = $"{plan.Decree}: {plan.Name}" };
        var acts = new List<(int, AuditEntry)>();
        db.EffectiveAt = plan.EffectiveAt;
        foreach (var (index, step) in plan.Steps.Index())
        {
            db.ChangeTracker.Clear();
            // A list can hold null whatever its type says.
            if (await (step ?? new Step()).ApplyAsync(db, caller, stop) is { } problem)
            {
                var (code, field) = Problems.Read(problem);
                return new([], new(index, code, field));
            }

            acts.AddRange(db.ChangeTracker.Entries<AuditEntry>().Select(entry => (index, entry.Entity)));
        }

        db.ChangeTracker.Clear();
        db.EffectiveAt = null;
        return new(acts, null);
    }

    private async Task<T> AheadAsync<T>(Func<DirectoryDb, Task<T>> act, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        return await act(db);
    }

    /// <summary>In their order. One that cannot be applied leaves no trace, as it would at its time.</summary>
    private static async Task ApplyPlannedAsync(DirectoryDb db, Func<Reorganisation, bool> isMeant, CancellationToken stop)
    {
        var planned = await db.Reorganisations.AsNoTracking().Where(plan => plan.Status == ReorganisationStatus.Planned)
            .OrderBy(plan => plan.EffectiveAt).ThenBy(plan => plan.Id).ToListAsync(stop);
        foreach (var plan in planned.Where(isMeant))
        {
            const string Before = "before_plan";
            var transaction = db.Database.CurrentTransaction!;
            await transaction.CreateSavepointAsync(Before, stop);
            if ((await ApplyAsync(db, plan, stop)).Refusal is not null)
                await transaction.RollbackToSavepointAsync(Before, stop);
            await transaction.ReleaseSavepointAsync(Before, stop);
        }
    }
}
