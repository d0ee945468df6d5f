using System.Linq.Expressions;
using Contracts.Directory;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>What Directory says about keys and ended sessions, said in one order: whoever says something holds the lock until it is committed.</summary>
public sealed class SignInAuthority(SigningKeys keys, TimeProvider clock) : IDisposable
{
    internal const long SignInLock = 0x53_49_47_4E;

    // An access token of five minutes, plus a request that was on its way, plus clocks that differ.
    private static readonly TimeSpan RevocationsMatterFor = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _bell = new(0, 1);

    /// <summary>
    /// Ends sessions at once, in the caller's transaction. Directory's own instances obey within a second from their database; the others when
    /// <see cref="PublishSignInState"/> has been woken, which waits for this transaction at the lock. How many were ended.
    /// </summary>
    internal async Task<int> RevokeAsync(DirectoryDb db, Expression<Func<Session, bool>> which, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var ended = await db.Sessions.Where(which).Where(session => session.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, now), stop);
        if (ended > 0)
            await AnnounceAsync(db, stop);
        return ended;
    }

    /// <summary>The same for what the caller has ended otherwise, such as the key of an application.</summary>
    internal async Task AnnounceAsync(DirectoryDb db, CancellationToken stop)
    {
        await StoreAsync(db, stop);
        Ring();
    }

    /// <summary>The state of this instant, later than any before it, written into Directory's own copy. Needs a transaction.</summary>
    internal async Task<SignInStatePublished> StoreAsync(DirectoryDb db, CancellationToken stop)
    {
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({SignInLock})", stop);
        var publicKeys = await keys.RotateAsync(db, stop);
        var now = clock.GetUtcNow();
        var since = now - RevocationsMatterFor;
        var revoked = await db.Sessions.Where(session => session.RevokedAt > since).Select(session => session.Id).ToListAsync(stop);
        revoked.AddRange(await db.ApplicationKeys.Where(key => key.RevokedAt > since || key.Application!.SuspendedAt > since).Select(key => key.Id).ToListAsync(stop));
        var last = await db.Set<SignInStateRow>().AsNoTracking().Select(row => (DateTimeOffset?)row.At).SingleOrDefaultAsync(stop);

        // Clocks of two instances differ, and copies keep the later state only: what is said later must carry the later time.
        var at = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var state = new SignInStatePublished { At = at > last || last is null ? at : last.Value.AddMicroseconds(1), Keys = publicKeys, RevokedSessions = revoked };
        await SignInStateRow.StoreAsync(db, state, stop);
        return state;
    }

    internal async Task WaitAsync(TimeSpan atMost, CancellationToken stop) => await _bell.WaitAsync(atMost, stop);

    public void Dispose() => _bell.Dispose();

    private void Ring()
    {
        try
        {
            _bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }
}
