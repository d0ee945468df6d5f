using System.Diagnostics;
using Contracts.Notification;
using Microsoft.EntityFrameworkCore;
using Notification.Operating;
using Notification.Sending;
using Notification.Storage;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Reports;

/// <summary>
/// Brings stored reports to their SMS. A report belongs to the SMS that its own channel has sent under that reference, now or before a resend, and to no other; what fits
/// none stays parked for a week: the provider was quicker than the record of its own answer, or means somebody else.
/// </summary>
internal sealed partial class ApplyReports(IServiceScopeFactory scopes, Budgets budgets, ReportBell bell, TimeProvider clock, ILogger<ApplyReports> log) : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Parked = TimeSpan.FromDays(7);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forgotAt = DateTimeOffset.MinValue;
        var (newest, lookedAtAll) = (0L, 0L);
        while (!stoppingToken.IsCancellationRequested)
        {
            var ring = bell.Next;
            try
            {
                // New ones at once. All of them once a second: what was parked may fit by now, and a lower number may have been committed after a higher one.
                var isDue = TimeProvider.System.GetElapsedTime(lookedAtAll) > Rest;
                for (long? after = isDue ? 0 : newest; after is { } from;)
                {
                    newest = long.Max(newest, from);
                    after = await ApplyAsync(from, stoppingToken);
                }

                if (isDue)
                    lookedAtAll = TimeProvider.System.GetTimestamp();
                if (clock.GetUtcNow() - forgotAt > TimeSpan.FromHours(1))
                {
                    await ForgetAsync(stoppingToken);
                    forgotAt = clock.GetUtcNow();
                }
            }
            catch (Exception fault) when (fault.IsInfrastructureFault())
            {
                Waiting(log, fault.GetType().Name);
            }

            await Bell.WaitAsync(ring, stoppingToken);
        }
    }

    /// <summary>Of a portion of reports behind a number; the last number of it, or null behind the last.</summary>
    private async Task<long?> ApplyAsync(long after, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var last = await db.Database.SqlQuery<long?>($"""
            select max(seq) as "Value" from (select seq from report where applied_at is null and seq > {after} order by seq limit {BatchSize}) as portion
            """).SingleAsync(stop);
        if (last is null)
            return null;
        var fitting = await db.Sms.FromSql($"""
            with waiting as (select channel, reference from report where applied_at is null and seq > {after} and seq <= {last})
            select * from sms where id in (
              select s.id from waiting join sms s on s.sent_by = waiting.channel and s.reference = waiting.reference
              union select h.sms_id from waiting join earlier_handover h on h.channel = waiting.channel and h.reference = waiting.reference)
            order by id for update skip locked
            """).ToListAsync(stop);
        if (fitting.Count == 0)
            return last;

        // Read after the lock: another instance may have applied some meanwhile.
        var ids = fitting.ConvertAll(sms => sms.Id);
        var earlier = (await db.EarlierHandovers.AsNoTracking().Where(handover => ids.Contains(handover.SmsId)).ToListAsync(stop)).ToLookup(handover => handover.SmsId);
        var references = fitting.Select(sms => sms.Reference).Concat(earlier.SelectMany(of => of).Select(handover => handover.Reference)).ToList();
        var waiting = await db.Reports.Where(report => report.AppliedAt == null && references.Contains(report.Reference))
            .OrderBy(report => report.Seq).ToListAsync(stop);
        var byName = waiting.ToLookup(report => (report.Channel, report.Reference));
        var delivered = await DeliveredPartsAsync(db, waiting, stop);
        var now = clock.GetUtcNow();
        var taken = new List<Sms>();
        foreach (var sms in fitting)
        {
            var (wasAtHandover, isOfThisOne) = (sms.IsAtHandover, false);
            _ = ActivityContext.TryParse(sms.TraceParent, traceState: null, isRemote: true, out var parent);
            using var activity = Telemetry.Source.StartActivity("apply delivery report", ActivityKind.Internal, parent);
            var names = earlier[sms.Id].Select(handover => (handover.Channel, handover.Reference)).Append((sms.SentBy!, sms.Reference)).Distinct();
            foreach (var report in names.SelectMany(name => byName[name]).OrderBy(report => report.Seq))
            {
                var isEarlier = report.Channel != sms.SentBy;
                isOfThisOne |= !isEarlier;
                var handovers = isEarlier ? earlier[sms.Id].Where(handover => handover.Channel == report.Channel).Select(handover => (handover.ProviderId, handover.IntentAt)) : [(sms.ProviderId, sms.IntentAt)];
                var isPart = report is { Part: not null, Told: SmsState.Delivered }
                    && !handovers.Any(handover => IsWhole(handover.ProviderId, handover.IntentAt, sms.Segments, delivered[(report.Channel, report.Reference)]));
                sms.Learn(db, new("report", report.Channel, report.Code, isPart ? SmsState.AcceptedByOperator : report.Told, report.Reason, report.DoneAt), now, isEarlier);
                report.AppliedAt = now;
                Applied(log, sms.Purpose == SmsPurpose.Broadcast ? LogLevel.Debug : LogLevel.Information, sms.Id, report.Code, sms.State);
            }

            // The answer that would have counted it is lost, or still to come.
            if (wasAtHandover && isOfThisOne && !sms.IsAtHandover && sms.CountOnce())
                taken.Add(sms);
        }

        foreach (var channel in taken.GroupBy(sms => sms.SentBy!, StringComparer.Ordinal).OrderBy(channel => channel.Key, StringComparer.Ordinal))
            await budgets.CountAsync((NpgsqlConnection)db.Database.GetDbConnection(), channel.Key, [.. channel]);

        await db.SaveInBulkAsync(stop);
        await transaction.CommitAsync(stop);
        return last;
    }

    /// <summary>
    /// A long SMS is delivered when all parts of a handover are: those that the provider's answer has named, or without an answer as many as it has segments,
    /// since the call. Parts of a handover before a resend tell nothing of the one after it.
    /// </summary>
    private static bool IsWhole(string? providerId, DateTimeOffset? since, int segments, IEnumerable<(string Part, DateTimeOffset ReceivedAt)> delivered) => providerId?.Split(',') switch
    {
        [_] => true,
        { } parts => !parts.Except(delivered.Select(one => one.Part), StringComparer.Ordinal).Any(),
        null => delivered.Count(one => since is null || one.ReceivedAt >= since) >= segments,
    };

    /// <summary>Those of each SMS of which a part is reported, told already or to be told now, and when first.</summary>
    private static async Task<ILookup<(string Channel, string Reference), (string Part, DateTimeOffset ReceivedAt)>> DeliveredPartsAsync(NotificationDb db, List<Report> waiting, CancellationToken stop)
    {
        var ofParts = waiting.FindAll(report => report is { Part: not null, Told: SmsState.Delivered });
        var (channels, references) = (ofParts.ConvertAll(report => report.Channel), ofParts.ConvertAll(report => report.Reference));
        var delivered = ofParts.Count == 0 ? [] : await db.Reports
            .Where(report => channels.Contains(report.Channel) && references.Contains(report.Reference) && report.Part != null && report.Told == SmsState.Delivered)
            .GroupBy(report => new { report.Channel, report.Reference, report.Part })
            .Select(part => new { part.Key.Channel, part.Key.Reference, part.Key.Part, ReceivedAt = part.Min(report => report.ReceivedAt) }).ToListAsync(stop);
        return delivered.ToLookup(part => (part.Channel, part.Reference), part => (part.Part!, part.ReceivedAt));
    }

    /// <summary>The history keeps what was said; a report's own row only serves to recognise its repetition.</summary>
    private async Task ForgetAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        var (parkedBefore, appliedBefore) = (clock.GetUtcNow() - Parked, clock.GetUtcNow() - Kept);
        var strangers = await db.Reports.Where(report => report.AppliedAt == null && report.ReceivedAt < parkedBefore).ExecuteDeleteAsync(stop);
        await db.Reports.Where(report => report.AppliedAt < appliedBefore).ExecuteDeleteAsync(stop);
        if (strangers > 0)
            Forgot(log, strangers);
    }

    // As in HandOver: of a broadcast the history tells each.
    [LoggerMessage(Message = "Report {Code} on SMS {SmsId}: {State}")]
    private static partial void Applied(ILogger log, LogLevel level, Guid smsId, string code, SmsState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} reports fitted no SMS within a week and were dropped")]
    private static partial void Forgot(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reports wait: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);
}

internal sealed class ReportBell : Bell;
