using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using InboundSms.Resources;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Documents;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace InboundSms.Reporting;

/// <summary>Section <c>Reporting</c>.</summary>
public sealed record ReportingOptions
{
    /// <summary>When, on the first day of a month in the city's time, the report of the month before is produced.</summary>
    public TimeSpan ProducedAt { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How often the calendar is looked at.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Months that are made up for when nothing ran.</summary>
    [Range(1, 120)]
    public int MonthsToMakeUp { get; init; } = 12;
}

/// <summary>
/// Produces the report of each month on the first day after it (BJN 7e), also when nothing ran on that day: a row per month is the schedule, so several instances and
/// restarts produce it once. Then prints what is not printed yet; LibreOffice may be away for a while.
/// </summary>
internal sealed partial class ProduceMonthlyReports(
    IServiceScopeFactory scopes, CityTime city, PdfPrinter printer, IOptions<ReportingOptions> options, TimeProvider clock, ILogger<ProduceMonthlyReports> log)
    : BackgroundService
{
    private const long PrintLock = 0x50_44_46;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(options.Value.LookEvery, clock, log, async stop =>
    {
        await ProduceDueAsync(stop);
        try
        {
            await PrintNewAsync(stop);
        }
        catch (PrintingException fault)
        {
            NotPrinted(log, fault.Message);
        }
    }, stoppingToken);

    /// <summary>Produces a report; a repeat of the schedule is nothing. Returns null when the schedule has it already.</summary>
    public static async Task<MonthlyReport?> ProduceAsync(
        InboundSmsDb db, CityTime city, DateOnly month, string actor, bool isScheduled, DateTimeOffset now, CancellationToken stop)
    {
        var (from, to) = (city.StartOf(month), city.StartOf(month.AddMonths(1)));
        var period = Period.Text(month);
        var recaps = new List<(RecapBy By, IReadOnlyList<RecapRow> Rows, RecapRow Total)>();
        foreach (var by in new[] { RecapBy.Unit, RecapBy.Class, RecapBy.Problem, RecapBy.Day })
        {
            var (rows, total) = await Figures.RecapAsync(db, by, from, to, city.Zone, now, stop);
            recaps.Add((by, rows, total));
        }

        var problems = await Figures.ProblemsAsync(db, from, to, stop);
        var report = new MonthlyReport
        {
            Id = Guid.CreateVersion7(now),
            Month = month,
            Revision = await db.MonthlyReports.Where(r => r.Month == month).MaxAsync(r => (int?)r.Revision, stop) + 1 ?? 1,
            ProducedAt = now.InMicroseconds,
            ProducedBy = actor,
            IsScheduled = isScheduled,
            Figures = JsonSerializer.Serialize(new { recaps[0].Total, Recaps = recaps.ToDictionary(r => r.By, r => r.Rows), Problems = problems }, Json),
            Spreadsheet = Spreadsheet.Write([.. recaps.Select(r => ReportSheets.Recap(r.By, period, r.Rows, r.Total)), ReportSheets.Problems(period, problems, city.Local), ReportSheets.Definitions()]),
        };
        db.Add(report);
        try
        {
            await db.SaveChangesAsync(stop);
            return report;
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation("monthly_report_scheduled_once") || taken.IsUniqueViolation("monthly_report_month_revision_key"))
        {
            db.ChangeTracker.Clear();
            return null;
        }
    }

    private async Task ProduceDueAsync(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var today = city.Local(now - options.Value.ProducedAt);
        var last = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        // A month before the first case has no report.
        if (await db.Cases.OrderBy(c => c.ReceivedAt).Select(c => (DateTimeOffset?)c.ReceivedAt).FirstOrDefaultAsync(stop) is not { } firstAt)
            return;
        var first = city.Local(firstAt);
        var month = new DateOnly(first.Year, first.Month, 1);
        if (month < last.AddMonths(1 - options.Value.MonthsToMakeUp))
            month = last.AddMonths(1 - options.Value.MonthsToMakeUp);
        var produced = await db.MonthlyReports.Where(r => r.IsScheduled && r.Month >= month).Select(r => r.Month).ToListAsync(stop);
        for (; month <= last; month = month.AddMonths(1))
        {
            if (!produced.Contains(month) && await ProduceAsync(db, city, month, Outbox.System, isScheduled: true, clock.GetUtcNow(), stop) is { } report)
                Produced(log, report.Month, report.Revision);
        }
    }

    private async Task PrintNewAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // LibreOffice takes a core: one instance prints.
        if (!(await db.Database.SqlQuery<bool>($"""select pg_try_advisory_xact_lock({PrintLock}) as "Value" """).ToListAsync(stop))[0])
            return;
        while (await db.MonthlyReports.Where(r => !db.MonthlyReportPrints.Any(p => p.ReportId == r.Id)).OrderBy(r => r.ProducedAt).FirstOrDefaultAsync(stop) is { } report)
        {
            db.Add(new MonthlyReportPrint { ReportId = report.Id, Pdf = await printer.PrintAsync(report.Spreadsheet, "ods", stop) });
            await db.SaveChangesAsync(stop);
            Printed(log, report.Month, report.Revision);
        }

        await transaction.CommitAsync(stop);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Report of {Month}, revision {Revision}, produced")]
    private static partial void Produced(ILogger log, DateOnly month, int revision);

    [LoggerMessage(Level = LogLevel.Information, Message = "Report of {Month}, revision {Revision}, printed")]
    private static partial void Printed(ILogger log, DateOnly month, int revision);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A monthly report could not be printed and is tried again: {Fault}")]
    private static partial void NotPrinted(ILogger log, string fault);
}
