using System.Collections.Concurrent;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Portal;

/// <summary>
/// How soon citizens are answered, by unit (SPBE 24(4)g). Counted are cases by the instant of their receipt, for the unit that has them now; what was set aside and
/// the secretariat's tray are not. Computed by PostgreSQL, kept for a minute.
/// </summary>
internal sealed class ResponseTimes(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int MostKept = 100;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(DateTimeOffset From, DateTimeOffset To), (DateTimeOffset Until, Lazy<Task<IReadOnlyList<Item>>> Items)> _kept = new();

    /// <param name="UnitCode">Of the unit.</param>
    /// <param name="Unit">Its name.</param>
    /// <param name="Received">Cases received in the period.</param>
    /// <param name="Answered">Those of them that have an answer.</param>
    /// <param name="InTime">Those that had it when it was due, three hours after receipt.</param>
    /// <param name="Late">Those that had none then.</param>
    /// <param name="ShareInTime">InTime of InTime and Late, 0 to 1; null while nothing was due.</param>
    /// <param name="MedianMinutes">From receipt to first answer, of those answered: half took no longer.</param>
    /// <param name="Percentile90Minutes">Nine of ten took no longer.</param>
    public sealed record Item(
        string UnitCode, string Unit, long Received, long Answered, long InTime, long Late, double? ShareInTime, double? MedianMinutes, double? Percentile90Minutes);

    /// <summary>Cases received in <c>[from, to)</c>, in the order of the units' codes.</summary>
    public Task<IReadOnlyList<Item>> OfAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, _) in _kept.Where(kept => kept.Value.Until <= now || kept.Value.Items is { IsValueCreated: true, Value.IsFaulted: true } || _kept.Count > MostKept))
            _kept.TryRemove(old, out _);
        // Not the caller's cancellation: others wait for the same.
        return _kept.GetOrAdd((from, to), _ => (now + KeptFor, new(() => ComputeAsync(from, to, now)))).Items.Value.WaitAsync(stop);
    }

    private async Task<IReadOnlyList<Item>> ComputeAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        await using var scope = scopes.CreateAsyncScope();
        var items = await scope.ServiceProvider.GetRequiredService<InboundSmsDb>().Database.SqlQuery<Item>($"""
            select u.code as "UnitCode", u.name as "Unit", count(*) as "Received", count(c.answered_at) as "Answered",
              count(*) filter (where c.answered_at <= c.due_at) as "InTime",
              count(*) filter (where coalesce(c.answered_at, {now}) > c.due_at) as "Late",
              count(*) filter (where c.answered_at <= c.due_at)::float8
                / nullif(count(*) filter (where c.answered_at <= c.due_at or coalesce(c.answered_at, {now}) > c.due_at), 0) as "ShareInTime",
              percentile_cont(0.5) within group (order by extract(epoch from c.answered_at - c.received_at)::float8 / 60) as "MedianMinutes",
              percentile_cont(0.9) within group (order by extract(epoch from c.answered_at - c.received_at)::float8 / 60) as "Percentile90Minutes"
            from sms_case c join organisation.position p on p.id = c.position_id join organisation.unit u on u.id = p.unit_id
            where c.received_at >= {from} and c.received_at < {to} and c.status <> 'SetAside'
            group by u.id, u.code, u.name
            """).ToListAsync();
        return [.. items.OrderBy(item => item.UnitCode, StringComparer.Ordinal)];
    }
}
