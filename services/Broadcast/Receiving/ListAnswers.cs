using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Text;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Receiving;

/// <summary>What the recipients of a broadcast answered (KOR 7(6)): on the screen, and as a file; and what came by SMS and fits nobody.</summary>
internal static class ListAnswers
{
    /// <param name="OfficialId">Who answers.</param>
    /// <param name="Attends">Whether he comes; null: he said neither.</param>
    /// <param name="Text">Null: he wrote nothing, or its time is over.</param>
    /// <param name="IsLatest">The one of his that counts: the latest that says whether he comes; where none says it, the latest. An unclear SMS takes no clear answer back.</param>
    public sealed record Item(
        Guid Id, Guid OfficialId, string Name, string? Title, string? UnitCode, AnswerVia Via, bool? Attends, string? Text, bool IsLatest, DateTimeOffset At);

    /// <param name="Id">Of the message in InboundSms, where the words as they came are kept.</param>
    /// <param name="Number">Of the broadcast, as it was written.</param>
    /// <param name="IsBroadcast">A broadcast that was sent has this number: he is no recipient of it, or writes from another phone.</param>
    /// <param name="SenderPseudonym">The same for each message of one number.</param>
    /// <param name="Closing">What a person made of it.</param>
    public sealed record Unknown(Guid Id, long Number, bool IsBroadcast, string? SenderPseudonym, string? Text, DateTimeOffset At, Closed? Closing);

    /// <param name="OfficialId">Whose it is; null: it counts for nobody.</param>
    public sealed record Closed(Guid? OfficialId, string Reason, DateTimeOffset At);

    public static void Map(RouteGroupBuilder broadcasts)
    {
        broadcasts.MapGet("/{id:guid}/answers", HandleAsync).WithName(nameof(ListAnswers)).WithSummary("What recipients answered, newest first")
            .RequirePermission(Permissions.ReadBroadcasts).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        broadcasts.MapGet("/{id:guid}/answers.csv", HandleCsvAsync).WithName("ExportAnswers").WithSummary("All answers as CSV, in the city's time")
            .RequirePermission(Permissions.ReadBroadcasts).Produces<string>(StatusCodes.Status200OK, "text/csv").ProducesProblem(StatusCodes.Status404NotFound);
        broadcasts.MapGet("/unknown-answers", HandleUnknownAsync).WithName("ListUnknownAnswers").WithSummary("Answers by SMS that fit no recipient, newest first; those that nobody has dealt with, or with open=false the others")
            .RequirePermission(Permissions.RunBroadcasts).ProducesValidationProblem();
    }

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        Guid id, [StringLength(64)] string? cursor, ClaimsPrincipal user, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (!await db.ReadableBy(user).AnyAsync(b => b.Id == id, stop))
            return Problems.NotFound();
        var rows = await Items(db, id, before, beforeId).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.At, last.Id)));
    }

    internal static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandleCsvAsync(
        Guid id, ClaimsPrincipal user, BroadcastDb db, CityTime city, CancellationToken stop)
    {
        if (await db.ReadableBy(user).Where(b => b.Id == id).Select(b => (long?)b.Number).SingleOrDefaultAsync(stop) is not { } number)
            return Problems.NotFound();
        var lines = new StringBuilder(Csv.Mark).Append(Csv.Line("waktu", "nama", "jabatan", "unit", "melalui", "hadir", "jawaban", "berlaku"));
        await foreach (var answer in Items(db, id, DateTimeOffset.MaxValue, Guid.AllBitsSet).AsAsyncEnumerable().WithCancellation(stop))
        {
            lines.Append(Csv.Line(
                city.Local(answer.At).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), answer.Name, answer.Title, answer.UnitCode, answer.Via == AnswerVia.Web ? "web" : "SMS",
                YesOrNo(answer.Attends), answer.Text, YesOrNo(answer.IsLatest)));
        }

        return TypedResults.File(Encoding.UTF8.GetBytes(lines.ToString()), "text/csv; charset=utf-8", string.Create(CultureInfo.InvariantCulture, $"jawaban-{number}.csv"));
    }

    internal static async Task<Results<Ok<Page<Unknown>>, ProblemHttpResult>> HandleUnknownAsync(bool? open, [StringLength(64)] string? cursor, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var closings = db.Set<UnknownAnswerClosing>();
        var rows = await db.Set<Answer>().AsNoTracking().Where(a => a.OfficialId == null && closings.Any(c => c.AnswerId == a.Id) == (open == false) && (a.At < before || (a.At == before && a.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(a => a.At).ThenByDescending(a => a.Id).Take(Paging.PageSize + 1)
            .Select(a => new Unknown(a.Id, a.Number, a.BroadcastId != null, a.Content!.Sender, a.Content!.Text, a.At, closings.Where(c => c.AnswerId == a.Id)
                .Select(c => new Closed(db.Set<Answer>().Where(his => his.Id == c.CountedAs).Select(his => his.OfficialId).FirstOrDefault(), c.Reason, c.ClosedAt)).FirstOrDefault()))
            .ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.At, last.Id)));
    }

    private static IQueryable<Item> Items(BroadcastDb db, Guid id, DateTimeOffset before, Guid beforeId) =>
        from a in db.Set<Answer>().AsNoTracking()
        join b in db.Broadcasts on a.BroadcastId equals b.Id
        join r in db.Recipients on new { BroadcastId = b.Id, b.Revision, OfficialId = a.OfficialId!.Value } equals new { r.BroadcastId, r.Revision, r.OfficialId }
        where a.BroadcastId == id && (a.At < before || (a.At == before && a.Id.CompareTo(beforeId) < 0))
        orderby a.At descending, a.Id descending
        select new Item(
            a.Id, a.OfficialId!.Value, r.Name, r.Title, r.UnitCode, a.Via, a.Attends, a.Content!.Text,
            !db.Set<Answer>().Any(other => other.BroadcastId == id && other.OfficialId == a.OfficialId && ((other.Attends != null && a.Attends == null)
                || ((other.Attends != null) == (a.Attends != null) && (other.At > a.At || (other.At == a.At && other.Id.CompareTo(a.Id) > 0))))), a.At);

    private static string YesOrNo(bool? value) => value switch { true => "ya", false => "tidak", null => "" };
}
