using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Notification.Storage;

namespace Notification.Sending;

/// <summary>Wakes all who wait. A missed ring costs a second: the loops look by themselves.</summary>
internal abstract class Bell
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(2);

    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>To be taken before looking for work, so that a ring during the look is not missed.</summary>
    public Task Next => _next.Task;

    public void Ring() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public static Task WaitAsync(Task ring, CancellationToken stop) => WaitAsync(ring, null, stop);

    /// <summary>For less than the usual rest, where something is known to become due before.</summary>
    public static async Task WaitAsync(Task ring, TimeSpan? atMost, CancellationToken stop)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var wait = atMost is { } less && less < Rest ? less : Rest;
        await Task.WhenAny(ring, Task.Delay(wait > Shortest ? wait : Shortest, rest.Token));
        await rest.CancelAsync();
    }
}

internal sealed class SendingBell : Bell;

/// <summary>Rings when the transaction that accepted an SMS has committed: before that, nobody could see it.</summary>
internal sealed class RingAfterCommit(SendingBell bell) : DbTransactionInterceptor
{
    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is NotificationDb { HasNewSms: true })
            bell.Ring();
        return Task.CompletedTask;
    }
}
