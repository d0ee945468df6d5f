using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Portal;

/// <summary>Section <c>OpenData</c>.</summary>
public sealed record OpenDataOptions
{
    /// <summary>Under which the data may be used.</summary>
    [Required, Url]
    public string License { get; init; } = "https://creativecommons.org/licenses/by/4.0/";
}

/// <summary>All public cases that were received in a period, a year at most, streamed; masked like the feed, and gone from here as soon as from there.</summary>
internal static class OpenData
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(366);
    private static readonly TimeSpan Default = TimeSpan.FromDays(30);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <param name="CaseNumber">As the citizen knows it.</param>
    /// <param name="ReceivedAt">When it was received.</param>
    /// <param name="AnsweredAt">When it was answered.</param>
    /// <param name="PublishedAt">Since when it may be shown.</param>
    /// <param name="MinutesToAnswer">From receipt to this answer.</param>
    /// <param name="Class">What the citizen says.</param>
    /// <param name="Keyword">Whom it was for.</param>
    /// <param name="UnitCode">The unit that answered.</param>
    /// <param name="Unit">Its name.</param>
    /// <param name="Question">Personal data masked.</param>
    /// <param name="Answer">Personal data masked.</param>
    /// <param name="Channel">Sms, Web, CallCentre or Portal: how it reached the city.</param>
    /// <param name="IsIncomplete">Parts of the citizen's message never came: words are missing in it.</param>
    public sealed record Row(
        long CaseNumber, DateTimeOffset ReceivedAt, DateTimeOffset AnsweredAt, DateTimeOffset PublishedAt, double MinutesToAnswer, MessageClass? Class, string? Keyword,
        string? UnitCode, string? Unit, string Question, string Answer, CaseChannel Channel, bool IsIncomplete);

    /// <param name="License">Under which it may be used.</param>
    /// <param name="From">Received at or after.</param>
    /// <param name="To">Received before.</param>
    /// <param name="Cases">Oldest first.</param>
    public sealed record Response(string License, DateTimeOffset From, DateTimeOffset To, IAsyncEnumerable<Row> Cases);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/publik/data/cases.json", HandleJson).WithName("OpenDataJson").WithTags("Open data").WithSummary("Public cases of a period as JSON")
            .Produces<Response>().ProducesValidationProblem().RequirePermission(Permissions.Anybody).WithRequestTimeout(Limit);
        app.MapGet("/publik/data/cases.csv", HandleCsv).WithName("OpenDataCsv").WithTags("Open data").WithSummary("Public cases of a period as CSV")
            .Produces<string>(StatusCodes.Status200OK, "text/csv").ProducesValidationProblem().RequirePermission(Permissions.Anybody).WithRequestTimeout(Limit);
    }

    internal static Task<IResult> HandleJson(
        [StringLength(40)] string? from, [StringLength(40)] string? to, HttpContext context, InboundSmsDb db, CityTime city, IOptions<OpenDataOptions> options, TimeProvider clock,
        CancellationToken stop) => HandleAsync(from, to, context, db, city, options.Value, clock,
            (period, rows) => TypedResults.Ok(new Response(options.Value.License, period.From, period.To, rows)), stop);

    internal static Task<IResult> HandleCsv(
        [StringLength(40)] string? from, [StringLength(40)] string? to, HttpContext context, InboundSmsDb db, CityTime city, IOptions<OpenDataOptions> options, TimeProvider clock,
        CancellationToken stop) => HandleAsync(from, to, context, db, city, options.Value, clock,
            (_, rows) => TypedResults.Stream(body => WriteAsync(body, rows, stop), "text/csv; charset=utf-8", "cases.csv"), stop);

    private static async Task<IResult> HandleAsync(
        string? from, string? to, HttpContext context, InboundSmsDb db, CityTime city, OpenDataOptions options, TimeProvider clock,
        Func<(DateTimeOffset From, DateTimeOffset To), IAsyncEnumerable<Row>, IResult> answer, CancellationToken stop)
    {
        if (!city.TryRead(from, out var first))
            return Problems.Invalid(nameof(from), "value");
        if (!city.TryRead(to, out var last))
            return Problems.Invalid(nameof(to), "value");
        var now = clock.GetUtcNow();
        // Whole days of the city: the same question has the same answer, and the same tag, all day.
        var end = last ?? city.StartOf(DateOnly.FromDateTime(city.Local(now).DateTime).AddDays(1));
        var start = first ?? (end - DateTimeOffset.MinValue > Default ? end - Default : end);
        if (end <= start || end - start > LongestPeriod)
            return Problems.Invalid(nameof(to), "period");

        var cases = db.PublicCases.AsNoTracking().Where(c => c.PublishAt <= now && c.ReceivedAt >= start && c.ReceivedAt < end);
        // A case that is gone changes the count, one that came or changed the latest change.
        var state = await cases.GroupBy(_ => 1).Select(all => new { Count = all.Count(), Latest = all.Max(c => c.ChangedAt > c.PublishAt ? c.ChangedAt : c.PublishAt) }).SingleOrDefaultAsync(stop);
        var tag = new EntityTagHeaderValue($"\"{state?.Count ?? 0}-{state?.Latest.UtcTicks ?? 0}-{start.UtcTicks}-{end.UtcTicks}\"", isWeak: true);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = tag;
        headers.CacheControl = new() { Public = true, MaxAge = TimeSpan.FromSeconds(PublicCache.LongestSeconds) };
        context.Response.Headers.Link = $"<{options.License}>; rel=\"license\"";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);

        var rows =
            from shown in cases
            join c in db.Cases on shown.CaseId equals c.Id
            join unit in db.Units on shown.UnitId equals unit.Id into units
            from unit in units.DefaultIfEmpty()
            orderby shown.ReceivedAt, shown.AnswerId
            select new Row(c.Number, shown.ReceivedAt, shown.AnsweredAt, shown.PublishAt, Math.Round((shown.AnsweredAt - shown.ReceivedAt).TotalMinutes, 1), c.Class, c.Keyword,
                unit.Code, unit.Name, shown.Question, shown.Answer, c.Channel, db.Messages.Any(m => m.Id == shown.MessageId && m.IsIncomplete));
        return answer((start, end), rows.AsAsyncEnumerable());
    }

    private static async Task WriteAsync(Stream body, IAsyncEnumerable<Row> rows, CancellationToken stop)
    {
        await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
        await writer.WriteAsync(Csv.Mark + Csv.Line(
            "caseNumber", "receivedAt", "answeredAt", "publishedAt", "minutesToAnswer", "class", "keyword", "unitCode", "unit", "question", "answer", "channel", "isIncomplete"));
        await foreach (var row in rows.WithCancellation(stop))
        {
            await writer.WriteAsync(Csv.Line(row.CaseNumber.ToString(CultureInfo.InvariantCulture), Time(row.ReceivedAt), Time(row.AnsweredAt), Time(row.PublishedAt),
                row.MinutesToAnswer.ToString(CultureInfo.InvariantCulture), row.Class?.ToString(), row.Keyword, row.UnitCode, row.Unit, row.Question, row.Answer, row.Channel.ToString(), row.IsIncomplete ? "true" : "false"));
        }
    }

    private static string Time(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
