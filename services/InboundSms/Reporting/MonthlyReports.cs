using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Documents;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Reporting;

/// <summary>
/// The monthly report to the head of government through the Regional Secretary (BJN 7e): produced by schedule or anew on demand, submitted by the Chair, forwarded by the
/// Regional Secretary. A report that has been produced never changes.
/// </summary>
internal static class MonthlyReports
{
    private const string Pdf = "application/pdf";

    /// <param name="Month">Year and month, <c>2026-11</c> or its first day, <c>2026-11-01</c>; one that has begun.</param>
    public sealed record ProduceRequest([Required, RegularExpression("^[0-9]{4}-(0[1-9]|1[0-2])(-01)?$")] string Month);

    /// <param name="Month">Year and month, <c>2026-11</c>, as it is asked for.</param>
    /// <param name="MonthName">The same for people, <c>November 2026</c>.</param>
    /// <param name="Revision">Grows when the month is produced again.</param>
    /// <param name="IsScheduled">Produced by the calendar, not on demand.</param>
    /// <param name="IsPrinted">The PDF is there.</param>
    /// <param name="SubmittedAt">To the Regional Secretary.</param>
    /// <param name="ForwardedAt">To the head of government.</param>
    public sealed record Item(
        Guid Id, string Month, string MonthName, int Revision, DateTimeOffset ProducedAt, bool IsScheduled, bool IsPrinted, DateTimeOffset? SubmittedAt, DateTimeOffset? ForwardedAt);

    /// <param name="Figures">The same as in the documents.</param>
    public sealed record Details(Item Report, JsonElement Figures);

    public static void Map(RouteGroupBuilder reports)
    {
        var monthly = reports.MapGroup("/monthly").ProducesProblem(StatusCodes.Status404NotFound);
        monthly.MapGet("/", ListAsync).WithName("ListMonthlyReports").WithSummary("Monthly reports, newest first").RequirePermission(Permissions.ReadReports)
            .ProducesValidationProblem();
        monthly.MapGet("/{id:guid}", GetAsync).WithName("GetMonthlyReport").WithSummary("One report with its figures").RequirePermission(Permissions.ReadReports);
        monthly.MapGet("/{id:guid}/report.ods", SpreadsheetAsync).WithName("GetMonthlyReportSpreadsheet").WithSummary("The report as a spreadsheet (OpenDocument)")
            .RequirePermission(Permissions.ReadReports).Produces<byte[]>(StatusCodes.Status200OK, Spreadsheet.ContentType);
        monthly.MapGet("/{id:guid}/report.pdf", PdfAsync).WithName("GetMonthlyReportPdf").WithSummary("The report as PDF; 409 until it is printed")
            .RequirePermission(Permissions.ReadReports).Produces<byte[]>(StatusCodes.Status200OK, Pdf).ProducesProblem(StatusCodes.Status409Conflict);
        monthly.MapPost("/", ProduceAsync).WithName("ProduceMonthlyReport").WithSummary("Produces the report of a month anew, as another revision")
            .RequirePermission(Permissions.ProduceReports).ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
        monthly.MapPost("/{id:guid}/submission", SubmitAsync).WithName("SubmitMonthlyReport").WithSummary("Submits it to the Regional Secretary")
            .RequirePermission(Permissions.SubmitReports).ProducesProblem(StatusCodes.Status409Conflict);
        monthly.MapPost("/{id:guid}/forwarding", ForwardAsync).WithName("ForwardMonthlyReport").WithSummary("Forwards it to the head of government")
            .RequirePermission(Permissions.ForwardReports).ProducesProblem(StatusCodes.Status409Conflict);
    }

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> ListAsync(
        [StringLength(64)] string? cursor, ClaimsPrincipal user, InboundSmsDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await Items(db, Readable(db, user).Where(r => r.ProducedAt < before || (r.ProducedAt == before && r.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(r => r.ProducedAt).ThenByDescending(r => r.Id).Take(Paging.PageSize + 1)).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.ProducedAt, last.Id)));
    }

    internal static async Task<Results<Ok<Details>, ProblemHttpResult>> GetAsync(Guid id, ClaimsPrincipal user, InboundSmsDb db, CancellationToken stop)
    {
        var report = Readable(db, user).Where(r => r.Id == id);
        return await Items(db, report).SingleOrDefaultAsync(stop) is { } item
            ? TypedResults.Ok(new Details(item, JsonElement.Parse(await report.Select(r => r.Figures).SingleAsync(stop))))
            : Problems.NotFound();
    }

    internal static async Task<Results<FileContentHttpResult, ProblemHttpResult>> SpreadsheetAsync(Guid id, ClaimsPrincipal user, InboundSmsDb db, CancellationToken stop) =>
        await Readable(db, user).Where(r => r.Id == id).Select(r => new { r.Month, r.Revision, r.Spreadsheet }).SingleOrDefaultAsync(stop) is { } report
            ? TypedResults.File(report.Spreadsheet, Spreadsheet.ContentType, NameOf(report.Month, report.Revision, "ods"))
            : Problems.NotFound();

    internal static async Task<Results<FileContentHttpResult, ProblemHttpResult>> PdfAsync(Guid id, ClaimsPrincipal user, InboundSmsDb db, CancellationToken stop)
    {
        var report = await Readable(db, user).Where(r => r.Id == id)
            .Select(r => new { r.Month, r.Revision, Pdf = db.MonthlyReportPrints.Where(p => p.ReportId == id).Select(p => p.Pdf).FirstOrDefault() }).SingleOrDefaultAsync(stop);
        return report switch
        {
            null => Problems.NotFound(),
            { Pdf: null } => Problems.Conflict("not-printed-yet"),
            _ => TypedResults.File(report.Pdf, Pdf, NameOf(report.Month, report.Revision, "pdf")),
        };
    }

    internal static async Task<Results<Created<Item>, ProblemHttpResult>> ProduceAsync(
        ProduceRequest request, ClaimsPrincipal user, InboundSmsDb db, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (!DateOnly.TryParseExact(request.Month[..7], "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            || month.Year is < 2000 or > 9000 || city.StartOf(month) > now)
            return Problems.Invalid("month", "month");
        return await ProduceMonthlyReports.ProduceAsync(db, city, month, user.Actor, isScheduled: false, now, stop) is { } report
            ? TypedResults.Created($"/api/inbound-sms/reports/monthly/{report.Id}",
                new Item(report.Id, MonthOf(report.Month), Period.Text(report.Month), report.Revision, report.ProducedAt, report.IsScheduled, IsPrinted: false, null, null))
            : Problems.Conflict("changed-meanwhile");
    }

    internal static Task<Results<NoContent, ProblemHttpResult>> SubmitAsync(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, CityTime city, TimeProvider clock, CancellationToken stop) =>
        StepAsync(id, ReportStep.Submitted, "already-submitted", user, db, city, clock, stop);

    internal static Task<Results<NoContent, ProblemHttpResult>> ForwardAsync(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, CityTime city, TimeProvider clock, CancellationToken stop) =>
        StepAsync(id, ReportStep.Forwarded, "already-forwarded", user, db, city, clock, stop);

    private static async Task<Results<NoContent, ProblemHttpResult>> StepAsync(
        Guid id, ReportStep step, string done, ClaimsPrincipal user, InboundSmsDb db, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        if (await db.MonthlyReports.Where(r => r.Id == id).Select(r => new { r.Month, Steps = r.Steps.Select(s => s.Step).ToList() }).SingleOrDefaultAsync(stop) is not { } report)
            return Problems.NotFound();
        if (step == ReportStep.Forwarded && !report.Steps.Contains(ReportStep.Submitted))
            return Problems.Conflict("not-submitted-yet");
        if (clock.GetUtcNow() < city.StartOf(report.Month.AddMonths(1)))
            return Problems.Conflict("month-not-over");
        db.Add(new MonthlyReportStep { ReportId = id, Step = step, At = clock.GetUtcNow().InMicroseconds, Actor = user.Actor });
        try
        {
            await db.SaveChangesAsync(stop);
            return TypedResults.NoContent();
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation("monthly_report_step_pkey"))
        {
            return Problems.Conflict(done);
        }
    }

    /// <summary>The Regional Secretary reads what was submitted, the head of government what he has forwarded; the secretariat all.</summary>
    private static IQueryable<MonthlyReport> Readable(InboundSmsDb db, ClaimsPrincipal user)
    {
        var reports = db.MonthlyReports.AsNoTracking();
        if (Permissions.ProduceReports.IsGivenTo(user))
            return reports;
        var needed = Permissions.ForwardReports.IsGivenTo(user) ? ReportStep.Submitted : ReportStep.Forwarded;
        return reports.Where(r => r.Steps.Any(s => s.Step == needed));
    }

    private static IQueryable<Item> Items(InboundSmsDb db, IQueryable<MonthlyReport> reports) => reports.Select(r => new Item(
        r.Id, MonthOf(r.Month), Period.Text(r.Month), r.Revision, r.ProducedAt, r.IsScheduled, db.MonthlyReportPrints.Any(p => p.ReportId == r.Id),
        r.Steps.Where(s => s.Step == ReportStep.Submitted).Select(s => (DateTimeOffset?)s.At).FirstOrDefault(),
        r.Steps.Where(s => s.Step == ReportStep.Forwarded).Select(s => (DateTimeOffset?)s.At).FirstOrDefault()));

    private static string MonthOf(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static string NameOf(DateOnly month, int revision, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"laporan-sms-center-{MonthOf(month)}-r{revision}.{extension}");
}
