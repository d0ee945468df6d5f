using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ServiceDefaults.Persistence;

/// <summary>
/// Saves inside a transaction without a savepoint of their own. A refusal undoes the transaction anyway; and EF Core swallows the loss of the connection at a savepoint's
/// release, so that what follows fails without its cause, and our own infrastructure's fault would be taken for one of logic.
/// </summary>
internal sealed class WithoutSavepoints : DbTransactionInterceptor
{
    public static WithoutSavepoints Instance { get; } = new();

    public override DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        eventData.Context!.Database.AutoSavepointsEnabled = false;
        return result;
    }

    public override ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TransactionStarted(connection, eventData, result));
}
