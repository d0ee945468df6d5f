using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Npgsql;
using ServiceDefaults;

namespace InboundSms.Receive;

/// <summary>
/// Keeps what the door refused, so that a wrongly set key loses no complaint without trace; bounded in rows, size, rate and age, so that it cannot be used to fill
/// the disk; each channel by itself, and what a provider proved apart from what strangers send. Never read by the rest of the service.
/// </summary>
internal sealed class Quarantine(NpgsqlDataSource database, TimeProvider clock, IMeterFactory meters) : IDisposable
{
    private const int LargestBody = 4096;
    private const int LargestProved = 64 * 1024;
    private const int MostRows = 1000;

    // The provider waits for its answer, and this is the lesser part of it.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(1500);

    private readonly Counter<long> _refused = meters.Create(Telemetry.Name)
        .CreateCounter<long>("platform.sms.refused", "{call}", "What came to a webhook and became no message");

    private readonly PartitionedRateLimiter<string> _rate = PartitionedRateLimiter.Create<string, string>(channel => RateLimitPartition.GetFixedWindowLimiter(
        channel, _ => new() { PermitLimit = 50, Window = TimeSpan.FromSeconds(1), QueueLimit = 0 }));

    /// <param name="channel">Its door, or its list.</param>
    /// <param name="reason">One of few words.</param>
    /// <param name="body">What came.</param>
    /// <param name="isProved">It comes from the provider: the rate is against strangers, and the provider will not send it again.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="TimeoutException">The database is too slow for one who waits; the provider must repeat.</exception>
    public Task KeepAsync(string channel, string reason, byte[] body, bool isProved, CancellationToken stop) => KeepAsync(channel, reason, body, isProved, once: false, stop);

    /// <summary>What a provider's list tells, every ten minutes the same: what is here already is not kept again.</summary>
    /// <exception cref="TimeoutException">The database is too slow.</exception>
    public Task KeepOnceAsync(string channel, string reason, byte[] body, CancellationToken stop) => KeepAsync(channel, reason, body, isProved: true, once: true, stop);

    private async Task KeepAsync(string channel, string reason, byte[] body, bool isProved, bool once, CancellationToken stop)
    {
        _refused.Add(1, new("platform.sms.channel", channel), new("error.type", reason));
        using var permit = _rate.AttemptAcquire(channel, isProved ? 0 : 1);
        if (!isProved && !permit.IsAcquired)
            return;
        await InsertAsync(channel, reason, body, isProved, once).WaitAsync(Limit, clock, stop);
    }

    /// <summary>Goes on when nobody waits for it any longer.</summary>
    private async Task InsertAsync(string channel, string reason, byte[] body, bool isProved, bool once)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("""
            insert into quarantine (channel, reason, received_at, body, is_proved)
            select $1, $2, $3, $4, $5 where not ($6 and exists (select from quarantine where is_proved and channel = $1 and reason = $2 and body = $4))
            """)
        {
            Parameters =
            {
                new() { Value = channel }, new() { Value = reason }, new() { Value = now },
                new() { Value = body[..Math.Min(body.Length, isProved ? LargestProved : LargestBody)] }, new() { Value = isProved }, new() { Value = once },
            },
        });
        batch.BatchCommands.Add(new("""
            delete from quarantine where received_at < case when is_proved then $5 else $1 end
              or (channel = $2 and is_proved = $4 and id <= (select id from quarantine where channel = $2 and is_proved = $4 order by id desc offset $3 limit 1))
            """)
        {
            Parameters = { new() { Value = now.AddDays(-7) }, new() { Value = channel }, new() { Value = MostRows }, new() { Value = isProved }, new() { Value = now.AddDays(-30) } },
        });
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public void Dispose() => _rate.Dispose();
}
