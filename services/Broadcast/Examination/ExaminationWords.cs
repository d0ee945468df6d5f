using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

/// <summary>The words that make the examiner look twice, kept by those who examine: the list begins with what the platform brings.</summary>
public static class ExaminationWords
{
    private const string Once = "examination_word_once";

    /// <param name="Word">One word, or several with blanks between; letters, digits, hyphens.</param>
    /// <param name="Concern">Which question of the checklist.</param>
    public sealed record Request(
        [Required, StringLength(60, MinimumLength = 2), RegularExpression(@"^[\p{L}\p{Nd}]+([ -]+[\p{L}\p{Nd}]+)*$")] string Word, [Required] ExaminationConcern? Concern);

    internal sealed record Item(Guid Id, string Word, ExaminationConcern Concern, DateTimeOffset AddedAt);

    private static Expression<Func<ExaminationWord, Item>> ToItem { get; } = w => new(w.Id, w.Word, w.Concern, w.AddedAt);

    internal static void Map(RouteGroupBuilder broadcasts)
    {
        var words = broadcasts.MapGroup("/words");
        words.MapGet("/", ListAsync).WithName("ListExaminationWords").WithSummary("Words that make the examiner look twice, newest first")
            .RequirePermission(Permissions.ReadAudiences).ProducesValidationProblem();
        words.MapPost("/", AddAsync).WithName("AddExaminationWord").WithSummary("Adds a word").RequirePermission(Permissions.ExamineBroadcasts)
            .RequireFreshSignIn().ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
        words.MapDelete("/{id:guid}", RemoveAsync).WithName("RemoveExaminationWord").WithSummary("Takes a word away").RequirePermission(Permissions.ExamineBroadcasts)
            .RequireFreshSignIn().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> ListAsync([StringLength(64)] string? cursor, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await db.ExaminationWords.AsNoTracking().Where(w => w.RemovedAt == null && (w.AddedAt < before || (w.AddedAt == before && w.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(w => w.AddedAt).ThenByDescending(w => w.Id).Select(ToItem).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.AddedAt, last.Id)));
    }

    private static async Task<Results<Created<Item>, ProblemHttpResult>> AddAsync(Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow().InMicroseconds;
#pragma warning disable CA1308 // As it is shown and compared
        var spelled = string.Join(' ', request.Word.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries));
#pragma warning restore CA1308
        var word = new ExaminationWord { Id = Guid.CreateVersion7(now), Word = spelled, Concern = request.Concern!.Value, AddedBy = http.User.Actor, AddedAt = now };
        db.Add(word);
        db.WriteToAuditTrail(http, "AddExaminationWord", ("ExaminationWord", word.Id), details: spelled);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(Once))
        {
            return Problems.Conflict("word-taken");
        }

        return TypedResults.Created((string?)null, ToItem.Compile()(word));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(Guid id, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        var (actor, now) = (http.User.Actor, clock.GetUtcNow());
        var removed = await db.ExaminationWords.Where(w => w.Id == id && w.RemovedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(w => w.RemovedBy, actor).SetProperty(w => w.RemovedAt, now), stop);
        if (removed == 0)
            return Problems.NotFound();
        db.WriteToAuditTrail(http, "RemoveExaminationWord", ("ExaminationWord", id));
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
