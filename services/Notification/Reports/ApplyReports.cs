using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Notification.Sending;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Notification.Reports;

/// <summary>
/// Brings stored reports to their SMS. A report belongs to the SMS that its own channel has sent under that reference, and to no other; what fits none
/// stays parked for a week: the provider was quicker than the record of its own answer, or means somebody else.
/// </summary>
internal sealed partial class ApplyReports(IServiceScopeFactory scopes, ReportBell bell, TimeProvider clock, ILogger<ApplyReports> log) : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Parked = TimeSpan.FromDays(7);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forgotAt = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            var ring = bell.Next;
            try
            {
                while (await ApplyAsync(stoppingToken) > 0)
                {
                    // Until nothing fits any more.
                }

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

    private async Task<int> ApplyAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var fitting = await db.Sms.FromSql($"""
            select * from sms
            where exists (select from report where report.channel = sms.sent_by and report.reference = sms.reference and report.applied_at is null)
            order by id limit {BatchSize} for update skip locked
            """).ToListAsync(stop);
        if (fitting.Count == 0)
            return 0;

        // Read after the lock: another instance may have applied some meanwhile.
        var references = fitting.ConvertAll(sms => sms.Reference);
        var waiting = await db.Reports.Where(report => report.AppliedAt == null && references.Contains(report.Reference))
            .OrderBy(report => report.Seq).ToListAsync(stop);
        var byName = waiting.ToLookup(report => (report.Channel, report.Reference));
        var now = clock.GetUtcNow();
        foreach (var sms in fitting)
        {
            _ = ActivityContext.TryParse(sms.TraceParent, traceState: null, isRemote: true, out var parent);
            using var activity = Telemetry.Source.StartActivity("apply delivery report", ActivityKind.Internal, parent);
            foreach (var report in byName[(sms.SentBy!, sms.Reference)])
            {
                sms.Learn(db, new("report", report.Channel, report.Code, report.Told, report.Reason, report.DoneAt), now);
                report.AppliedAt = now;
                Applied(log, sms.Id, report.Code, sms.State);
            }
        }

        await db.SaveInBulkAsync(stop);
        await transaction.CommitAsync(stop);
        return fitting.Count;
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Report {Code} on SMS {SmsId}: {State}")]
    private static partial void Applied(ILogger log, Guid smsId, string code, SmsState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} reports fitted no SMS within a week and were dropped")]
    private static partial void Forgot(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reports wait: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);
}

internal sealed class ReportBell : Bell;
