using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Directory.Auditing;

/// <summary>
/// Hands out a period of the audit trail, oldest first, for inspectors and their tools (DIR-9). Streamed: it is never in memory as a whole. Itself an act in the
/// trail, and a POST, so that the words that are looked for and the reason stand in no URL.
/// </summary>
public static class ExportAuditTrail
{
    public enum Format
    {
        Csv,
        Ndjson,
    }

    private const int LongestName = Spelling.LongestUserLogin;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly string[] Columns =
        ["id", "at", "actor", "actorLogin", "act", "subjectKind", "subjectId", "before", "after", "reason", "fromAddress", "isErased"];

    /// <param name="From">From this instant on.</param>
    /// <param name="To">Before this instant, a year later at most.</param>
    /// <param name="Reason">What for.</param>
    /// <param name="Format">Csv (RFC 4180, for spreadsheets) or Ndjson, a line for each entry.</param>
    public sealed record Request(
        [Required] DateTimeOffset? From,
        [Required] DateTimeOffset? To,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason,
        [Required, EnumDataType(typeof(Format))] Format? Format,
        [StringLength(LongestName), RegularExpression(Spelling.Line)] string? Actor = null,
        [StringLength(LongestName), RegularExpression(Spelling.Line)] string? Act = null,
        [StringLength(LongestName), RegularExpression(Spelling.Line)] string? SubjectKind = null,
        Guid? SubjectId = null,
        [StringLength(ListAuditEntries.LongestText, MinimumLength = 2), RegularExpression(Spelling.Line)] string? Text = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/audit/export", HandleAsync).WithName(nameof(ExportAuditTrail))
        .Produces<string>(StatusCodes.Status200OK, "text/csv", "application/x-ndjson").WithRequestTimeout(Limit);

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, IOptions<JsonOptions> json, CancellationToken stop)
    {
        if (request.To <= request.From || request.To - request.From > AuditSearch.LongestPeriod)
            return Problems.Invalid("to", "period");
        var criteria = new AuditCriteria(request.Actor, request.Act, request.SubjectKind, request.SubjectId, request.From, request.To, request.Text);
        // Before the first line leaves: who breaks off has seen some.
        db.Write(caller, nameof(ExportAuditTrail), ("AuditTrail", Guid.Empty), null, new { criteria, request.Format }, request.Reason);
        await db.SaveChangesAsync(stop);

        var logins = await db.Accounts.ToDictionaryAsync(account => account.Id.ToString(), account => account.UserName, StringComparer.Ordinal, stop);
        var items = (await db.AuditEntriesAsync(criteria, stop)).OrderBy(entry => entry.At).ThenBy(entry => entry.Id).AsAsyncEnumerable()
            .Select(entry => ListAuditEntries.ToItem(entry, logins));
        return request.Format == Format.Csv
            ? TypedResults.Stream(body => WriteAsync(body, CsvAsync(items), stop), "text/csv; charset=utf-8", "audit.csv")
            : TypedResults.Stream(body => WriteAsync(body, items.Select(item => JsonSerializer.Serialize(item, json.Value.SerializerOptions) + "\n"), stop),
                "application/x-ndjson", "audit.ndjson");
    }

    private static async Task WriteAsync(Stream body, IAsyncEnumerable<string> lines, CancellationToken stop)
    {
        await using var writer = new StreamWriter(body, Utf8, bufferSize: 16 * 1024, leaveOpen: true);
        await foreach (var line in lines.WithCancellation(stop))
            await writer.WriteAsync(line.AsMemory(), stop);
    }

    private static async IAsyncEnumerable<string> CsvAsync(IAsyncEnumerable<ListAuditEntries.Item> items)
    {
        yield return Csv.Mark + Csv.Line(Columns);
        await foreach (var item in items)
        {
            yield return Csv.Line(item.Id.ToString(), item.At.ToString("O", CultureInfo.InvariantCulture), item.Actor, item.ActorLogin, item.Act, item.SubjectKind,
                item.SubjectId.ToString(), item.Before?.ToJsonString(), item.After?.ToJsonString(), item.Reason, item.FromAddress, item.IsErased ? "true" : "false");
        }
    }
}
