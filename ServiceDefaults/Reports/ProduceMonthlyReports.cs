using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServiceDefaults.Documents;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace ServiceDefaults.Reports;

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

/// <summary>What a service reports of a month.</summary>
public interface IMonthlyFigures
{
    /// <summary>When there was first something to report; months before it have none. Null: not yet.</summary>
    Task<DateTimeOffset?> FirstAsync(CancellationToken stop);

    /// <summary>The figures as JSON, and the same as a spreadsheet (OpenDocument) that is printed as it is.</summary>
    /// <param name="month">Its first day, in the city's calendar.</param>
    /// <param name="stop">Ends it.</param>
    Task<(string Figures, byte[] Spreadsheet)> OfAsync(DateOnly month, CancellationToken stop);
}

/// <summary>
/// Produces the report of each month on the first day after it (BJN 7e, KOR 6e), also when nothing ran on that day: a row per month is the schedule, so several instances
/// and restarts produce it once. Then prints what is not printed yet; LibreOffice may be away for a while.
/// </summary>
public sealed partial class ProduceMonthlyReports(
    IServiceScopeFactory scopes, CityTime city, PdfPrinter printer, IOptions<ReportingOptions> options, TimeProvider clock, ILogger<ProduceMonthlyReports> log)
    : BackgroundService
{
    private const long PrintLock = 0x50_44_46;

    /// <summary>The calendar, the printer, and what is reported.</summary>
    public static void Add<TFigures>(IHostApplicationBuilder builder)
        where TFigures : class, IMonthlyFigures
    {
        builder.AddPrinting();
        builder.Services.AddOptions<ReportingOptions>().BindConfiguration("Reporting").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddScoped<IMonthlyFigures, TFigures>();
        builder.Services.AddHostedService<ProduceMonthlyReports>();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(options.Value.LookEvery, clock, log, async stop =>
    {
        await ProduceDueAsync(stop);
        try
        {
            while (await PrintOneAsync(stop))
            {
                // The next one: what is printed stays, whatever becomes of those behind it.
            }
        }
        catch (PrintingException fault)
        {
            NotPrinted(log, fault.Message);
        }
    }, stoppingToken);

    /// <summary>Stores the next revision. Null: the schedule has this month, or somebody has produced one at the same moment.</summary>
    internal static async Task<MonthlyReport?> ProduceAsync(
        DbContext db, IMonthlyFigures figures, DateOnly month, string actor, bool isScheduled, DateTimeOffset now, CancellationToken stop)
    {
        var (json, spreadsheet) = await figures.OfAsync(month, stop);
        var report = new MonthlyReport
        {
            Id = Guid.CreateVersion7(now),
            Month = month,
            Revision = await db.Set<MonthlyReport>().Where(r => r.Month == month).MaxAsync(r => (int?)r.Revision, stop) + 1 ?? 1,
            ProducedAt = now.InMicroseconds,
            ProducedBy = actor,
            IsScheduled = isScheduled,
            Figures = json,
            Spreadsheet = spreadsheet,
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
        var today = city.Local(clock.GetUtcNow() - options.Value.ProducedAt);
        var last = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DbContext>();
        var figures = scope.ServiceProvider.GetRequiredService<IMonthlyFigures>();
        if (await figures.FirstAsync(stop) is not { } firstAt)
            return;
        var first = city.Local(firstAt);
        var month = new DateOnly(first.Year, first.Month, 1);
        if (month < last.AddMonths(1 - options.Value.MonthsToMakeUp))
            month = last.AddMonths(1 - options.Value.MonthsToMakeUp);
        var produced = await db.Set<MonthlyReport>().Where(r => r.IsScheduled && r.Month >= month).Select(r => r.Month).ToListAsync(stop);
        for (; month <= last; month = month.AddMonths(1))
        {
            if (!produced.Contains(month) && await ProduceAsync(db, figures, month, Outbox.System, isScheduled: true, clock.GetUtcNow(), stop) is { } report)
                Produced(log, report.Month, report.Revision);
        }
    }

    /// <summary>False: nothing is to be printed, or another instance prints.</summary>
    private async Task<bool> PrintOneAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // LibreOffice takes a core: one instance prints.
        if (!(await db.Database.SqlQuery<bool>($"""select pg_try_advisory_xact_lock({PrintLock}) as "Value" """).ToListAsync(stop))[0])
            return false;
        if (await db.Set<MonthlyReport>().Where(r => !db.Set<MonthlyReportPrint>().Any(p => p.ReportId == r.Id)).OrderBy(r => r.ProducedAt).FirstOrDefaultAsync(stop) is not { } report)
            return false;
        db.Add(new MonthlyReportPrint { ReportId = report.Id, Pdf = await printer.PrintAsync(report.Spreadsheet, "ods", stop) });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Printed(log, report.Month, report.Revision);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Report of {Month}, revision {Revision}, produced")]
    private static partial void Produced(ILogger log, DateOnly month, int revision);

    [LoggerMessage(Level = LogLevel.Information, Message = "Report of {Month}, revision {Revision}, printed")]
    private static partial void Printed(ILogger log, DateOnly month, int revision);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A monthly report could not be printed and is tried again: {Fault}")]
    private static partial void NotPrinted(ILogger log, string fault);
}
