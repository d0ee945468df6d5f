using System.Collections.Frozen;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Notification.Operating;
using Notification.Providers;
using Notification.Reports;
using Notification.Storage;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Sending;

/// <summary>What a provider has answered, until it is stored.</summary>
internal sealed record Outcome(SmsToSend Sms, SendOutcome Told, ActivityContext Trace);

/// <summary>
/// Stores what came of the handovers: state, history and what the asking service hears in one transaction, one SMS at a time for urgent lanes, several for patient
/// ones. The slot of an SMS is free when its outcome is stored, not before: that bounds what can become uncertain.
/// </summary>
internal sealed partial class RecordOutcomes(
    IServiceScopeFactory scopes, Channels channels, Budgets budgets, ReportBell reports, TimeProvider clock, ILogger<RecordOutcomes> log)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestBlock = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>Where a loop's outcomes go; whoever writes holds a slot.</summary>
    public ChannelWriter<Outcome> Open(string channel, int together, SemaphoreSlim slots, CancellationToken stop)
    {
        var waiting = Channel.CreateUnbounded<Outcome>(new() { SingleReader = together > 1 });
        // One by one means beside each other: an urgent outcome waits for no other.
        var writers = together > 1 ? 1 : slots.CurrentCount;
        for (var writer = 0; writer < writers; writer++)
            _ = ServeAsync(channel, waiting.Reader, together, slots, stop);
        return waiting.Writer;
    }

    private async Task ServeAsync(string channel, ChannelReader<Outcome> waiting, int together, SemaphoreSlim slots, CancellationToken stop)
    {
        // Ends with the process: an outcome in hand is stored even while it stops.
        while (await waiting.WaitToReadAsync(CancellationToken.None))
        {
            var batch = new List<Outcome>();
            while (batch.Count < together && waiting.TryRead(out var outcome))
                batch.Add(outcome);
            if (batch.Count == 0)
                continue;
            try
            {
                await RecordAsync(channel, batch, stop);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // The rows stay intents, and are listed as uncertain in a minute.
                Failed(log, channel, batch.Count, fault);
            }
            finally
            {
                slots.Release(batch.Count);
            }
        }
    }

    /// <summary>What the provider has said is known to this process alone until it is stored, so a database that is away is waited for.</summary>
    private async Task RecordAsync(string channel, List<Outcome> batch, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await RecordOnceAsync(channel, batch);
                return;
            }
            catch (Exception fault) when (fault.IsInfrastructureFault() && !stop.IsCancellationRequested)
            {
                Waiting(log, batch.Count, fault.GetType().Name);
                await Task.WhenAny(Task.Delay(Soon, stop));
            }
        }
    }

    private async Task RecordOnceAsync(string channel, List<Outcome> batch)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var ids = batch.ConvertAll(outcome => outcome.Sms.Id);
        var rows = await db.Sms.FromSql($"select * from sms where id = any ({ids}) order by id for update").ToDictionaryAsync(sms => sms.Id);
        var now = clock.GetUtcNow();
        var mayMove = batch.Exists(outcome => outcome.Told.Result is SendResult.NotNow or SendResult.Refused);
        var closed = mayMove ? await db.ClosedRoutesAsync(now, CancellationToken.None) : FrozenSet<string>.Empty;
        var unroutable = mayMove ? await db.UnroutableAsync(ids, CancellationToken.None) : null;
        var hasReports = false;
        var accepted = new List<Sms>();
        foreach (var (call, told, trace) in batch)
        {
            using var activity = Telemetry.Source.StartActivity("record outcome", ActivityKind.Internal, trace);
            // Another intent's business by now, or erased.
            if (!rows.TryGetValue(call.Id, out var sms) || sms.LeaseNo != call.LeaseNo)
                continue;
            Learn(db, sms, channel, closed, [.. unroutable?[sms.Id] ?? []], call, told, now);
            if (told.Result == SendResult.Accepted && sms.CountOnce())
                accepted.Add(sms);
            foreach (var report in told.Reports ?? [])
                await Report.StoreAsync(db, channel, report, now, CancellationToken.None);
            hasReports |= told.Reports is not null;
        }

        if (batch.Where(outcome => outcome.Told.Result == SendResult.Throttled).Select(outcome => outcome.Told.Wait).DefaultIfEmpty().Max() is { Ticks: > 0 } wait)
            await BlockAsync(db, channel, now + (wait < LongestBlock ? wait : LongestBlock));
        if (accepted.Count > 0)
            await budgets.CountAsync((NpgsqlConnection)db.Database.GetDbConnection(), channel, accepted);
        await db.SaveInBulkAsync(CancellationToken.None);
        await transaction.CommitAsync();
        if (hasReports)
            reports.Ring();
    }

    private void Learn(
        NotificationDb db, Sms sms, string channel, IReadOnlySet<string> closed, IReadOnlyList<string> unroutable, SmsToSend call, SendOutcome told, DateTimeOffset now)
    {
        Evidence Answer(SmsState state, string? reason = null) => new("answer", channel, told.Code, state, reason);
        bool OthersMayReachIt() => told.Reason == Unroutable.Reason && channels.RoutesOf(sms.Channel).Except(unroutable, StringComparer.Ordinal).Any(route => route != channel);
        switch (told.Result)
        {
            case SendResult.Accepted:
                sms.Learn(db, Answer(SmsState.AcceptedByProvider), now);
                break;
            case SendResult.Refused when !OthersMayReachIt():
                sms.Learn(db, Answer(SmsState.Failed, told.Reason), now);
                break;
            case SendResult.Unknown:
                sms.Learn(db, Answer(SmsState.Uncertain), now);
                break;
            case SendResult.NotNow or SendResult.Refused:
                sms.Learn(db, Answer(SmsState.Queued, told.Reason), now);
                // Somebody else is asked at once, each once; then all of them again, after a while. What is unknown is never given to anybody else.
                if (channels.OtherRoute(sms.Channel, channel, closed.Union(unroutable, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal), alsoFailing: true) is { } other)
                    Move(db, sms, other, told.Result == SendResult.Refused || call.Attempt < channels.RoutesOf(sms.Channel).Count ? now : now + BackoffAfter(call.Attempt));
                else if (sms.IsAtHandover)
                    sms.PutBack(db, now + BackoffAfter(call.Attempt), now);
                break;
            case SendResult.Throttled:
                sms.Learn(db, Answer(SmsState.Queued), now);
                if (sms.IsAtHandover)
                    sms.TakeBack(db, now, now);
                break;
            case SendResult.NotCalled when sms.IsAtHandover:
                sms.TakeBack(db, now + Soon, now);
                break;
        }

        if (told.ProviderId is { } providerId)
            sms.KnownAs(providerId);
    }

    private void Move(NotificationDb db, Sms sms, string route, DateTimeOffset nextAttemptAt)
    {
        if (!sms.IsAtHandover)
            return;
        sms.PutBack(db, nextAttemptAt, clock.GetUtcNow());
        sms.SendBy(db, route, clock.GetUtcNow());
        db.HasNewSms = true;
    }

    /// <summary>On every instance.</summary>
    private static Task<int> BlockAsync(NotificationDb db, string channel, DateTimeOffset until) => db.Database.ExecuteSqlAsync($"""
        insert into route (channel, blocked_until) values ({channel}, {until})
        on conflict (channel) do update set blocked_until = greatest(route.blocked_until, excluded.blocked_until)
        """);

    internal static TimeSpan BackoffAfter(int attempt) =>
        TimeSpan.FromTicks(Math.Min(FirstBackoff.Ticks << Math.Min(attempt - 1, 10), LongestBackoff.Ticks));

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcomes of {Count} SMS on {Channel} were not recorded")]
    private static partial void Failed(ILogger log, string channel, int count, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcomes of {Count} SMS wait for the database: {Fault}")]
    private static partial void Waiting(ILogger log, int count, string fault);
}
