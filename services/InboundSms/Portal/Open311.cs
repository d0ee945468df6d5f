using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Contracts.Directory;
using InboundSms.Publishing;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.SignIn;

namespace InboundSms.Portal;

/// <summary>
/// Open311 GeoReport v2, to read: the same public cases for whoever's software speaks it. A service is a keyword, a request a public case, so each is closed. Names,
/// formats and the shape of errors are the specification's; the channel and the history of the status are extensions of ours, as others have them.
/// </summary>
internal static class Open311
{
    private const string Base = "/publik/open311/v2";
    private const int Most = 1000;
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(90);

    /// <summary>What an element of a list is called in XML.</summary>
    private static readonly Dictionary<string, string> Elements = new(StringComparer.Ordinal)
    {
        ["services"] = "service",
        ["service_requests"] = "request",
        ["errors"] = "error",
        ["status_history"] = "status_change",
    };

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet($"{Base}/services.{{format}}", Services).Describe("Open311Services", "Open311: keywords that citizens can write to");
        app.MapGet($"{Base}/requests.{{format}}", Requests).Describe("Open311Requests", "Open311: public cases of 90 days, 1000 at most");
        app.MapGet($"{Base}/requests/{{id}}.{{format}}", Request).Describe("Open311Request", "Open311: one public case");
    }

    private static void Describe(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint.WithName(name).WithTags("Open311").WithSummary(summary)
        .Produces<string>(StatusCodes.Status200OK, "application/json", "text/xml").RequirePermission(Permissions.Anybody).CachedPublicly(seconds: 30);

    internal static async Task<IResult> Services(string format, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var services = await (
            from keyword in db.Keywords
            join position in db.Positions on keyword.PositionId equals position.Id
            join unit in db.Units on position.UnitId equals unit.Id
            where keyword.Kind == KeywordKind.Primary && keyword.ValidFrom <= now && (keyword.ValidTo == null || now < keyword.ValidTo)
            orderby keyword.Word
            select new { keyword.Word, position.Title, unit.Name }).Take(Most).ToListAsync(stop);
        return In(format, "services", services.Select(service => new JsonObject
        {
            ["service_code"] = service.Word,
            ["service_name"] = service.Title,
            ["description"] = service.Name,
            ["metadata"] = false,
            ["type"] = "realtime",
            ["keywords"] = service.Word,
            ["group"] = service.Name,
        }));
    }

    internal static async Task<IResult> Requests(
        string format, string? service_request_id, string? service_code, string? status, string? start_date, string? end_date,
        InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var found = Public(db, now);
        // Overrides all other arguments.
        if (service_request_id is not null)
        {
            var parts = service_request_id.Split(',');
            var numbers = parts.Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToList();
            if (numbers.Contains(0) || numbers.Count > Most)
                return Error(format, StatusCodes.Status400BadRequest, "service_request_id: numbers with commas between them");
            return In(format, "service_requests", await ToListAsync(found.Where(row => numbers.Contains(row.Case.Number)), stop));
        }

        if (!TryReadDate(start_date, out var start) || !TryReadDate(end_date, out var end))
            return Error(format, StatusCodes.Status400BadRequest, "start_date, end_date: a date and time with its offset, such as 2026-01-31T00:00:00Z");
        var to = end ?? (start is { } begin && begin + LongestPeriod < now ? begin + LongestPeriod : now);
        var from = start ?? to - LongestPeriod;
        if (from > to || to - from > LongestPeriod)
            return Error(format, StatusCodes.Status400BadRequest, "start_date, end_date: 90 days at most");
        var statuses = status?.Split(',') ?? ["closed"];
        if (!statuses.All(one => one is "open" or "closed"))
            return Error(format, StatusCodes.Status400BadRequest, "status: open, closed");
        if (!statuses.Contains("closed"))
            return In(format, "service_requests", []);

        found = found.Where(row => row.Shown.ReceivedAt >= from && row.Shown.ReceivedAt <= to);
        if (service_code?.Replace("\0", "", StringComparison.Ordinal).Split(',').Take(Most).ToList() is { } codes)
            found = found.Where(row => codes.Contains(row.Case.Keyword!));
        return In(format, "service_requests", await ToListAsync(found, stop));
    }

    internal static async Task<IResult> Request(string format, string id, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var request = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? await ToListAsync(Public(db, clock.GetUtcNow()).Where(row => row.Case.Number == number), stop)
            : [];
        return request.Count == 0 ? Error(format, StatusCodes.Status404NotFound, "service_request_id: not found") : In(format, "service_requests", request);
    }

    private sealed class Row
    {
        public required PublicCase Shown { get; init; }
        public required SmsCase Case { get; init; }
        public string? Unit { get; init; }
        public string? Position { get; init; }
    }

    private static IQueryable<Row> Public(InboundSmsDb db, DateTimeOffset now) =>
        from shown in db.PublicCases.AsNoTracking()
        join c in db.Cases.AsNoTracking() on shown.CaseId equals c.Id
        join answer in db.Answers on shown.AnswerId equals answer.Id
        join position in db.Positions on answer.PositionId equals position.Id into positions
        from position in positions.DefaultIfEmpty()
        join unit in db.Units on shown.UnitId equals unit.Id into units
        from unit in units.DefaultIfEmpty()
        where shown.PublishAt <= now
        select new Row { Shown = shown, Case = c, Unit = unit.Name, Position = position.Title };

    private static async Task<List<JsonObject>> ToListAsync(IQueryable<Row> rows, CancellationToken stop) =>
        (await rows.OrderByDescending(row => row.Shown.ReceivedAt).ThenByDescending(row => row.Shown.AnswerId).Take(Most).ToListAsync(stop)).ConvertAll(row => new JsonObject
        {
            ["service_request_id"] = Number(row.Case.Number),
            ["status"] = "closed",
            ["status_notes"] = row.Shown.Answer,
            ["service_name"] = row.Position,
            ["service_code"] = row.Case.Keyword,
            ["description"] = row.Shown.Question,
            ["agency_responsible"] = row.Unit,
            ["service_notice"] = null,
            ["requested_datetime"] = Time(row.Shown.ReceivedAt),
            ["updated_datetime"] = Time(row.Shown.ChangedAt),
            ["expected_datetime"] = Time(row.Case.DueAt),
            ["address"] = null,
            ["lat"] = null,
            ["long"] = null,
            ["media_url"] = null,
            ["extended_attributes"] = new JsonObject
            {
                ["channel"] = row.Case.Channel.ToString(),
                ["status_history"] = new JsonArray(
                    new JsonObject { ["status"] = "open", ["datetime"] = Time(row.Shown.ReceivedAt) },
                    new JsonObject { ["status"] = "closed", ["datetime"] = Time(row.Shown.AnsweredAt) }),
            },
        });

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static bool TryReadDate(string? written, out DateTimeOffset? instant)
    {
        instant = DateTimeOffset.TryParseExact(written, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read)
            ? read.ToUniversalTime()
            : null;
        return written is null || instant is not null;
    }

    private static IResult Error(string format, int status, string what) =>
        In(format, "errors", [new JsonObject { ["code"] = status, ["description"] = what }], status);

    private static IResult In(string format, string name, IEnumerable<JsonObject> items, int status = StatusCodes.Status200OK)
    {
        var list = new JsonArray([.. items]);
        return format switch
        {
            "json" => TypedResults.Text(list.ToJsonString(JsonSerializerOptions.Web), "application/json; charset=utf-8", statusCode: status),
            "xml" => TypedResults.Text("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + ToXml(name, list).ToString(SaveOptions.DisableFormatting), "text/xml; charset=utf-8", statusCode: status),
            _ => In("json", "errors", [new JsonObject { ["code"] = StatusCodes.Status404NotFound, ["description"] = "format: json, xml" }], StatusCodes.Status404NotFound),
        };
    }

    private static XElement ToXml(string name, JsonNode? node) => node switch
    {
        JsonObject fields => new(name, fields.Select(field => ToXml(field.Key, field.Value))),
        JsonArray list => new(name, list.Select(item => ToXml(Elements[name], item))),
        // A citizen's SMS can hold what no XML may.
        _ => new(name, node is null ? null : string.Concat(node.ToString().EnumerateRunes().Select(rune => rune.Value is 9 or 10 or 13 or >= 0x20 and not (0xFFFE or 0xFFFF) ? rune.ToString() : "\uFFFD"))),
    };
}
