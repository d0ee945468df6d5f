using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ServiceDefaults.Persistence;

/// <summary>A transaction for handlers of more than one statement; the one that <c>Idempotency-Key</c> has opened, where there is one.</summary>
public sealed class JoinedTransaction : IAsyncDisposable
{
    private readonly IDbContextTransaction? _own;

    private JoinedTransaction(IDbContextTransaction? own) => _own = own;

    /// <summary>Joins the transaction of the context, or begins one.</summary>
    public static async Task<JoinedTransaction> BeginAsync(DbContext db, CancellationToken stop) =>
        new(db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(stop) : null);

    /// <summary>Commits what this object has begun; a joined transaction is committed by whoever began it.</summary>
    public Task CommitAsync(CancellationToken stop) => _own?.CommitAsync(stop) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
