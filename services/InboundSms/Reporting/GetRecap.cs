using System.ComponentModel.DataAnnotations;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;
using ServiceDefaults.Documents;
using ServiceDefaults.SignIn;

namespace InboundSms.Reporting;

/// <summary>The secretariat's recap by unit, class, problem or period (BJN 7c, 8(6)); on the screen and as a spreadsheet.</summary>
internal static class GetRecap
{
    /// <param name="From">First day, in the city's calendar.</param>
    /// <param name="To">Last day.</param>
    /// <param name="By">What it is counted by.</param>
    /// <param name="Rows">At most 1,000; the total is of everything.</param>
    /// <param name="Total">All cases of the period.</param>
    public sealed record Response(DateOnly From, DateOnly To, RecapBy By, IReadOnlyList<RecapRow> Rows, RecapRow Total);

    public static void Map(RouteGroupBuilder reports)
    {
        reports.MapGet("/recap", Handle).WithName(nameof(GetRecap)).WithSummary("Cases of a period counted by unit, class, problem, day or month")
            .RequirePermission(Permissions.ReadReports).ProducesValidationProblem();
        reports.MapGet("/recap.ods", HandleSpreadsheet).WithName($"{nameof(GetRecap)}Spreadsheet").WithSummary("The same as a spreadsheet (OpenDocument)")
            .RequirePermission(Permissions.ReadReports).ProducesValidationProblem().Produces<byte[]>(StatusCodes.Status200OK, Spreadsheet.ContentType);
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        [Required] DateOnly from, [Required] DateOnly to, [StringLength(10)] string? by, InboundSmsDb db, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        if (Period.Check(from, to) is { } refusal)
            return refusal;
        if (!TryRead(by, out var wanted))
            return Problems.Invalid(nameof(by), "recap-by");
        var (rows, total) = await Figures.RecapAsync(db, wanted, city.StartOf(from), city.StartOf(to.AddDays(1)), city.Zone, clock.GetUtcNow(), stop);
        return TypedResults.Ok(new Response(from, to, wanted, rows, total));
    }

    internal static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandleSpreadsheet(
        [Required] DateOnly from, [Required] DateOnly to, [StringLength(10)] string? by, InboundSmsDb db, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        var answer = await Handle(from, to, by, db, city, clock, stop);
        if (answer.Result is not Ok<Response> { Value: { } recap })
            return (ProblemHttpResult)answer.Result;
        var sheet = ReportSheets.Recap(recap.By, Period.Text(from, to), recap.Rows, recap.Total);
        return TypedResults.File(Spreadsheet.Write([sheet, ReportSheets.Definitions()]), Spreadsheet.ContentType, $"rekap-{recap.By}-{from:yyyyMMdd}-{to:yyyyMMdd}.ods");
    }

    private static bool TryRead(string? by, out RecapBy wanted)
    {
        wanted = RecapBy.Unit;
        return string.IsNullOrEmpty(by) || (Enum.TryParse(by, ignoreCase: true, out wanted) && by.All(char.IsAsciiLetter));
    }
}
