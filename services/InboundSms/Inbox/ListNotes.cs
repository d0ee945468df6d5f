using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>Internal notes of a case, newest first.</summary>
internal static class ListNotes
{
    /// <param name="Id">Of the note.</param>
    /// <param name="At">When.</param>
    /// <param name="By">Whose; null for somebody of the secretariat who holds no position.</param>
    /// <param name="Text">Null when the law made us erase it.</param>
    public sealed record Item(Guid Id, DateTimeOffset At, Colleague? By, string? Text);

    public static void Map(RouteGroupBuilder messages) => messages.MapGet("/{id:guid}/notes", Handle)
        .WithName(nameof(ListNotes)).WithSummary("Internal notes, newest first").RequirePermission(Permissions.ReadMessages)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        Guid id, [StringLength(64)] string? cursor, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var now = clock.GetUtcNow();
        if (await db.ReadableBy(user, now).OfMessage(db, id).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(stop) is not { } caseId)
            return Problems.NotFound();
        var rows = await db.CaseEvents
            .Where(e => e.CaseId == caseId && e.Kind == CaseEventKind.NoteAdded && (e.At < before || (e.At == before && e.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Id)
            .Select(e => new { e.Id, e.At, e.Content!.Details }).Take(Paging.PageSize + 1).ToListAsync(stop);
        var notes = rows.ConvertAll(row => (row.Id, row.At, Note: row.Details is null ? null : JsonSerializer.Deserialize<AddNote.Note>(row.Details, JsonSerializerOptions.Web)));
        var people = await db.ColleaguesAsync(notes.Select(row => row.Note?.By), now, stop);
        var items = notes.ConvertAll(row => new Item(row.Id, row.At, people.Of(row.Note?.By), row.Note?.Text));
        return TypedResults.Ok(Paging.PageOf(items, last => Paging.Cursor(last.At, last.Id)));
    }
}
