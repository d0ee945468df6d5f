using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Documents;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Reports;

/// <summary>
/// The monthly report to the head of government through the Regional Secretary (BJN 7e; KOR 6b, 6e): produced by schedule or anew on demand, submitted by the Chair,
/// forwarded by the Regional Secretary. A report that has been produced never changes.
/// </summary>
/// <param name="FileName">What downloads begin with.</param>
/// <param name="Read">Who may read what has come to him.</param>
/// <param name="Produce">Who may produce one, and reads all.</param>
/// <param name="Submit">Who may submit it to the Regional Secretary.</param>
/// <param name="Forward">Who may forward it to the head of government, and reads what was submitted.</param>
public sealed record MonthlyReports(string FileName, Permission Read, Permission Produce, Permission Submit, Permission Forward)
{
    private static readonly CultureInfo Indonesian = CultureInfo.GetCultureInfo("id");

    /// <param name="Month">Year and month, <c>2026-11</c> or its first day, <c>2026-11-01</c>; one that has begun.</param>
    public sealed record ProduceRequest([Required, RegularExpression("^[0-9]{4}-(0[1-9]|1[0-2])(-01)?$")] string Month);

    /// <param name="Month">Year and month, <c>2026-11</c>.</param>
    /// <param name="MonthName">The same for people.</param>
    /// <param name="Revision">Grows when the month is produced again.</param>
    /// <param name="IsScheduled">Produced by the calendar, not on demand.</param>
    /// <param name="IsPrinted">The PDF is there.</param>
    /// <param name="SubmittedAt">To the Regional Secretary.</param>
    /// <param name="ForwardedAt">To the head of government.</param>
    public sealed record Item(
        Guid Id, string Month, string MonthName, int Revision, DateTimeOffset ProducedAt, bool IsScheduled, bool IsPrinted, DateTimeOffset? SubmittedAt, DateTimeOffset? ForwardedAt);

    /// <param name="Figures">The same as in the documents.</param>
    public sealed record Details(Item Report, JsonElement Figures);

    /// <param name="reports">They are below it at <c>/monthly</c>.</param>
    public void Map(RouteGroupBuilder reports)
    {
        var monthly = reports.MapGroup("/monthly").ProducesProblem(StatusCodes.Status404NotFound);
        monthly.MapGet("/", ListAsync).WithName("ListMonthlyReports").WithSummary("Monthly reports, newest first").RequirePermission(Read)
            .ProducesValidationProblem();
        monthly.MapGet("/{id:guid}", GetAsync).WithName("GetMonthlyReport").WithSummary("One report with its figures").RequirePermission(Read);
        monthly.MapGet("/{id:guid}/report.ods", SpreadsheetAsync).WithName("GetMonthlyReportSpreadsheet").WithSummary("The report as a spreadsheet (OpenDocument)")
            .RequirePermission(Read).Produces<byte[]>(StatusCodes.Status200OK, Spreadsheet.ContentType);
        monthly.MapGet("/{id:guid}/report.pdf", PdfAsync).WithName("GetMonthlyReportPdf").WithSummary("The report as PDF; 409 until it is printed")
            .RequirePermission(Read).Produces<byte[]>(StatusCodes.Status200OK, PdfPrinter.ContentType).ProducesProblem(StatusCodes.Status409Conflict);
        monthly.MapPost("/", ProduceAsync).WithName("ProduceMonthlyReport").WithSummary("Produces the report of a month anew, as another revision")
            .RequirePermission(Produce).ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
        monthly.MapPost("/{id:guid}/submission", SubmitAsync).WithName("SubmitMonthlyReport").WithSummary("Submits it to the Regional Secretary")
            .RequirePermission(Submit).ProducesProblem(StatusCodes.Status409Conflict);
        monthly.MapPost("/{id:guid}/forwarding", ForwardAsync).WithName("ForwardMonthlyReport").WithSummary("Forwards it to the head of government")
            .RequirePermission(Forward).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> ListAsync(
        [StringLength(64)] string? cursor, ClaimsPrincipal user, DbContext db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await Items(db, ReadableBy(db, user).Where(r => r.ProducedAt < before || (r.ProducedAt == before && r.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(r => r.ProducedAt).ThenByDescending(r => r.Id).Take(Paging.PageSize + 1)).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.ProducedAt, last.Id)));
    }

    private async Task<Results<Ok<Details>, ProblemHttpResult>> GetAsync(Guid id, ClaimsPrincipal user, DbContext db, CancellationToken stop)
    {
        var report = ReadableBy(db, user).Where(r => r.Id == id);
        return await Items(db, report).SingleOrDefaultAsync(stop) is { } item
            ? TypedResults.Ok(new Details(item, JsonElement.Parse(await report.Select(r => r.Figures).SingleAsync(stop))))
            : Problems.NotFound();
    }

    private async Task<Results<FileContentHttpResult, ProblemHttpResult>> SpreadsheetAsync(Guid id, ClaimsPrincipal user, DbContext db, CancellationToken stop) =>
        await ReadableBy(db, user).Where(r => r.Id == id).Select(r => new { r.Month, r.Revision, r.Spreadsheet }).SingleOrDefaultAsync(stop) is { } report
            ? TypedResults.File(report.Spreadsheet, Spreadsheet.ContentType, NameOf(report.Month, report.Revision, "ods"))
            : Problems.NotFound();

    private async Task<Results<FileContentHttpResult, ProblemHttpResult>> PdfAsync(Guid id, ClaimsPrincipal user, DbContext db, CancellationToken stop)
    {
        var report = await ReadableBy(db, user).Where(r => r.Id == id)
            .Select(r => new { r.Month, r.Revision, Pdf = db.Set<MonthlyReportPrint>().Where(p => p.ReportId == id).Select(p => p.Pdf).FirstOrDefault() }).SingleOrDefaultAsync(stop);
        return report switch
        {
            null => Problems.NotFound(),
            { Pdf: null } => Problems.Conflict("not-printed-yet"),
            _ => TypedResults.File(report.Pdf, PdfPrinter.ContentType, NameOf(report.Month, report.Revision, "pdf")),
        };
    }

    private async Task<Results<Created<Item>, ProblemHttpResult>> ProduceAsync(
        ProduceRequest request, ClaimsPrincipal user, DbContext db, IMonthlyFigures figures, LinkGenerator links, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        // Held to here: the services' generated validation does not see a type of this assembly.
        if (!DateOnly.TryParseExact(request.Month, ["yyyy-MM", "yyyy-MM-01"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            || month.Year is < 2000 or > 9000 || city.StartOf(month) > now)
            return Problems.Invalid("month", "month");
        return await ProduceMonthlyReports.ProduceAsync(db, figures, month, user.Actor, isScheduled: false, now, stop) is { } report
            ? TypedResults.Created(links.GetPathByName("GetMonthlyReport", new { report.Id }), await Items(db, db.Set<MonthlyReport>().Where(r => r.Id == report.Id)).SingleAsync(stop))
            : Problems.Conflict("changed-meanwhile");
    }

    private static Task<Results<NoContent, ProblemHttpResult>> SubmitAsync(
        Guid id, ClaimsPrincipal user, DbContext db, CityTime city, TimeProvider clock, CancellationToken stop) =>
        StepAsync(id, ReportStep.Submitted, "already-submitted", user, db, city, clock, stop);

    private static Task<Results<NoContent, ProblemHttpResult>> ForwardAsync(
        Guid id, ClaimsPrincipal user, DbContext db, CityTime city, TimeProvider clock, CancellationToken stop) =>
        StepAsync(id, ReportStep.Forwarded, "already-forwarded", user, db, city, clock, stop);

    private static async Task<Results<NoContent, ProblemHttpResult>> StepAsync(
        Guid id, ReportStep step, string done, ClaimsPrincipal user, DbContext db, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        if (await db.Set<MonthlyReport>().Where(r => r.Id == id).Select(r => new { r.Month, Steps = r.Steps.Select(s => s.Step).ToList() }).SingleOrDefaultAsync(stop) is not { } report)
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
    private IQueryable<MonthlyReport> ReadableBy(DbContext db, ClaimsPrincipal user)
    {
        var reports = db.Set<MonthlyReport>().AsNoTracking();
        if (Produce.IsGivenTo(user))
            return reports;
        var needed = Forward.IsGivenTo(user) ? ReportStep.Submitted : ReportStep.Forwarded;
        return reports.Where(r => r.Steps.Any(s => s.Step == needed));
    }

    private static IQueryable<Item> Items(DbContext db, IQueryable<MonthlyReport> reports) => reports.Select(r => new Item(
        r.Id, MonthOf(r.Month), NameOf(r.Month), r.Revision, r.ProducedAt, r.IsScheduled, db.Set<MonthlyReportPrint>().Any(p => p.ReportId == r.Id),
        r.Steps.Where(s => s.Step == ReportStep.Submitted).Select(s => (DateTimeOffset?)s.At).FirstOrDefault(),
        r.Steps.Where(s => s.Step == ReportStep.Forwarded).Select(s => (DateTimeOffset?)s.At).FirstOrDefault()));

    /// <summary>The month for people.</summary>
    public static string NameOf(DateOnly month) => month.ToString("MMMM yyyy", Indonesian);

    private static string MonthOf(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private string NameOf(DateOnly month, int revision, string extension) => string.Create(CultureInfo.InvariantCulture, $"{FileName}-{MonthOf(month)}-r{revision}.{extension}");
}
