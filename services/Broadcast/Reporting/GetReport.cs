using System.Globalization;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Documents;
using ServiceDefaults.SignIn;

namespace Broadcast.Reporting;

/// <summary>What became of one broadcast (KOR 6b): on the screen, as a spreadsheet, and printed.</summary>
internal static class GetReport
{
    /// <param name="Afterwards">How the examination stands of an emergency that was let go before it.</param>
    /// <param name="At">The figures are of this instant.</param>
    /// <param name="StartedAt">When its sending began; null: not yet.</param>
    public sealed record Response(
        Guid Id, long Number, BroadcastKind Kind, BroadcastState State, bool IsEmergency, Afterwards? Afterwards, string Subject, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
        DateTimeOffset At, Outcome Outcome);

    public static void Map(RouteGroupBuilder broadcasts)
    {
        broadcasts.MapGet("/{id:guid}/report", HandleAsync).WithName(nameof(GetReport)).WithSummary("Sent, delivered, pending, failed, skipped, read, answered, not received; it adds up")
            .RequirePermission(Permissions.ReadBroadcasts).ProducesProblem(StatusCodes.Status404NotFound);
        broadcasts.MapGet("/{id:guid}/report.ods", HandleSpreadsheetAsync).WithName("GetReportSpreadsheet").WithSummary("The same as a spreadsheet (OpenDocument)")
            .RequirePermission(Permissions.ReadBroadcasts).Produces<byte[]>(StatusCodes.Status200OK, Spreadsheet.ContentType).ProducesProblem(StatusCodes.Status404NotFound);
        broadcasts.MapGet("/{id:guid}/report.pdf", HandlePdfAsync).WithName("GetReportPdf").WithSummary("The same as PDF; 503 while nothing can be printed")
            .RequirePermission(Permissions.ReadBroadcasts).Produces<byte[]>(StatusCodes.Status200OK, PdfPrinter.ContentType).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, ClaimsPrincipal user, BroadcastDb db, IOptions<BroadcastOptions> options, TimeProvider clock, CancellationToken stop)
    {
        if (await db.ReadableBy(user).SingleOrDefaultAsync(b => b.Id == id, stop) is not { } b)
            return Problems.NotFound();
        var outcome = (await Outcomes.OfAsync(db, [id], options.Value.PricePerSegment, stop))[id];
        return TypedResults.Ok(new Response(b.Id, b.Number, b.Kind, b.State, b.IsEmergency, b.Afterwards, b.Subject, b.StartedAt, b.EndedAt, clock.GetUtcNow(), outcome));
    }

    internal static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandleSpreadsheetAsync(
        Guid id, ClaimsPrincipal user, BroadcastDb db, CityTime city, IOptions<BroadcastOptions> options, CancellationToken stop) =>
        await SpreadsheetAsync(id, user, db, city, options, stop) is { } report ? TypedResults.File(report.File, Spreadsheet.ContentType, NameOf(report.Number, "ods")) : Problems.NotFound();

    internal static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandlePdfAsync(
        Guid id, ClaimsPrincipal user, BroadcastDb db, CityTime city, IOptions<BroadcastOptions> options, PdfPrinter printer, CancellationToken stop)
    {
        if (await SpreadsheetAsync(id, user, db, city, options, stop) is not { } report)
            return Problems.NotFound();
        try
        {
            return TypedResults.File(await printer.PrintAsync(report.File, "ods", stop), PdfPrinter.ContentType, NameOf(report.Number, "pdf"));
        }
        catch (PrintingException)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "unavailable");
        }
    }

    private static async Task<(byte[] File, long Number)?> SpreadsheetAsync(
        Guid id, ClaimsPrincipal user, BroadcastDb db, CityTime city, IOptions<BroadcastOptions> options, CancellationToken stop) =>
        await db.ReadableBy(user).SingleOrDefaultAsync(b => b.Id == id, stop) is { } broadcast
            ? (Spreadsheet.Write([ReportSheets.Report(broadcast, (await Outcomes.OfAsync(db, [id], options.Value.PricePerSegment, stop))[id], city.Local)]), broadcast.Number)
            : null;

    private static string NameOf(long number, string extension) => string.Create(CultureInfo.InvariantCulture, $"sms-koordinasi-{number}.{extension}");
}
