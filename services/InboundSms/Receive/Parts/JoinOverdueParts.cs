using System.Diagnostics.Metrics;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace InboundSms.Receive.Parts;

/// <summary>
/// Joins what is there when a part has not come in its time: an official sees the rest, and that something is missing, while the legal clock still leaves time to ask.
/// Instances share the work by <c>skip locked</c>.
/// </summary>
internal sealed partial class JoinOverdueParts : BackgroundService
{
    // Parts of one message come within seconds of each other, or late.
    private static readonly TimeSpan UrgentWithin = TimeSpan.FromSeconds(30);

    private readonly IServiceScopeFactory _scopes;
    private readonly TimeSpan _within;
    private readonly TimeProvider _clock;
    private readonly ILogger<JoinOverdueParts> _log;
    private readonly Counter<long> _incomplete;
    private long _waiting;

    public JoinOverdueParts(IServiceScopeFactory scopes, IOptions<ReceivingOptions> options, TimeProvider clock, IMeterFactory meters, ILogger<JoinOverdueParts> log)
    {
        (_scopes, _within, _clock, _log) = (scopes, options.Value.PartsWithin, clock, log);
        var meter = meters.Create(Telemetry.Name);
        _incomplete = meter.CreateCounter<long>("platform.sms.parts.incomplete", "{sms}", "Long messages that were joined without all their parts");
        meter.CreateObservableGauge("platform.sms.parts.waiting", () => Interlocked.Read(ref _waiting), "{part}", "Parts of long messages that wait for the others");
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromSeconds(1), _clock, _log, JoinOneAsync, stoppingToken);

    private async Task<bool> JoinOneAsync(CancellationToken stop)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        Interlocked.Exchange(ref _waiting, await db.MessageParts.LongCountAsync(part => db.PartSets.Any(set => set.Id == part.SetId && set.ClosedAt == null), stop));
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var now = _clock.GetUtcNow();
        var (until, urgentUntil) = (now - _within, now - UrgentWithin);
        var overdue = await db.PartSets.FromSql(
            $"select * from part_set where closed_at is null and (opened_at <= {until} or (is_urgent and opened_at <= {urgentUntil})) order by opened_at limit 1 for update skip locked").ToListAsync(stop);
        if (overdue is not [var set])
            return false;
        var parts = await db.MessageParts.Include(part => part.Content).Where(part => part.SetId == set.Id).ToListAsync(stop);
        if (await IsRepeatAsync(db, set, parts, stop))
            set.ClosedAt = now;
        else
            db.Join(set, parts, isIncomplete: true, now);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        if (set.MessageId is { } messageId)
        {
            _incomplete.Add(1);
            Incomplete(_log, messageId, parts.DistinctBy(part => part.Number).Count(), set.Total);
        }

        return true;
    }

    /// <summary>The network repeated parts of a message that was whole already. Nothing of the citizen's words is lost: they stand in that message.</summary>
    private static async Task<bool> IsRepeatAsync(InboundSmsDb db, PartSet set, List<MessagePart> parts, CancellationToken stop)
    {
        var (sender, recipient, since) = (parts[0].Content.Sender, parts[0].Content.Recipient, set.OpenedAt - StorePart.SetAge);
        var earlier = await (
            from part in db.MessageParts.Include(p => p.Content)
            join other in db.PartSets on part.SetId equals other.Id
            where part.Content.Sender == sender && part.Content.Recipient == recipient && other.Id != set.Id && other.MessageId != null && other.Channel == set.Channel
                && other.Account == set.Account && other.Reference == set.Reference && other.Total == set.Total && other.OpenedAt > since
            select part).ToListAsync(stop);
        return earlier.GroupBy(part => part.SetId).Any(other => parts.TrueForAll(part => other.Any(was => was.Number == part.Number && was.Content.Repeats(part.Content))));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "SMS {MessageId} was joined of {There} parts of {Total}")]
    private static partial void Incomplete(ILogger log, Guid messageId, int there, int total);
}
