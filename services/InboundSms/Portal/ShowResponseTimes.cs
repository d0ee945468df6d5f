using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Portal;

/// <summary>The board of response times of a month of the city's calendar, for everybody.</summary>
internal static class ShowResponseTimes
{
    private const string Month = @"^20\d\d-(0[1-9]|1[0-2])$";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/publik/api/response-times", Handle).WithName(nameof(ShowResponseTimes)).WithTags("Public")
            .WithSummary("How soon each unit answered in a month (this one unless told), in the order of the units' codes")
            .ProducesValidationProblem().RequirePermission(Permissions.Anybody).CachedPublicly(seconds: 60);
        app.MapGet("/publik/api/response-times.csv", HandleCsv).WithName("ShowResponseTimesAsCsv").WithTags("Public").WithSummary("The same as CSV")
            .Produces<string>(StatusCodes.Status200OK, "text/csv").ProducesValidationProblem().RequirePermission(Permissions.Anybody).CachedPublicly(seconds: 60);
    }

    internal static async Task<Ok<Page<ResponseTimes.Item>>> Handle(
        [StringLength(7), RegularExpression(Month)] string? month, [StringLength(64)] string? cursor, ResponseTimes times, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        var (from, to) = MonthOf(month, city, clock);
        var items = await times.OfAsync(from, to, stop);
        return TypedResults.Ok(Paging.PageOf([.. items.SkipWhile(item => cursor is not null && string.CompareOrdinal(item.UnitCode, cursor) <= 0).Take(Paging.PageSize + 1)],
            last => last.UnitCode));
    }

    internal static async Task<ContentHttpResult> HandleCsv(
        [StringLength(7), RegularExpression(Month)] string? month, ResponseTimes times, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        var (from, to) = MonthOf(month, city, clock);
        var lines = (await times.OfAsync(from, to, stop)).Select(item => Csv.Line(item.UnitCode, item.Unit, Number(item.Received), Number(item.Answered), Number(item.InTime),
            Number(item.Late), Number(item.ShareInTime), Number(item.MedianMinutes), Number(item.Percentile90Minutes)));
        return TypedResults.Text(Csv.Mark + Csv.Line("unitCode", "unit", "received", "answered", "inTime", "late", "shareInTime", "medianMinutes", "percentile90Minutes")
            + string.Concat(lines), "text/csv; charset=utf-8");
    }

    private static string? Number(IFormattable? number) => number?.ToString(number is double ? "0.###" : null, CultureInfo.InvariantCulture);

    private static (DateTimeOffset From, DateTimeOffset To) MonthOf(string? month, CityTime city, TimeProvider clock)
    {
        month ??= TimeZoneInfo.ConvertTime(clock.GetUtcNow(), city.Zone).ToString("yyyy-MM", CultureInfo.InvariantCulture);
        var first = DateTime.ParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture);
        DateTimeOffset InCity(DateTime local) => new DateTimeOffset(local, city.Zone.GetUtcOffset(local)).ToUniversalTime();
        return (InCity(first), InCity(first.AddMonths(1)));
    }
}
