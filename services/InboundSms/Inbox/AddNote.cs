using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Inbox;

/// <summary>
/// What those who work on a case tell each other. A note is an event of the case's history: nobody alters it, and it is sealed. It is never published and goes to no
/// citizen; it stays with the case when that is forwarded, so that the next one need not ask again.
/// </summary>
internal static class AddNote
{
    /// <summary>Particulars of the event.</summary>
    internal sealed record Note(Guid? By, string Text);

    /// <param name="Text">1 to 2000 characters.</param>
    public sealed record Request([Required, StringLength(2000, MinimumLength = 1)] string Text);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/notes", Handle)
        .WithName(nameof(AddNote)).WithSummary("Adds an internal note").RequirePermission(Permissions.NoteMessages).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Created<ListNotes.Item>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Text.IsVisible)
            return Problems.Invalid(nameof(request.Text), "empty");
        var now = clock.GetUtcNow();
        if (await db.ReadableBy(user, now).OfMessage(db, id).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(stop) is not { } caseId)
            return Problems.NotFound();
        Guid? official = user.HasOfficial ? user.OfficialId : null;
        var note = db.Record(caseId, CaseEventKind.NoteAdded, now, user, new { request.Text });
        await db.SaveChangesAsync(stop);
        var people = await db.ColleaguesAsync([official], now, stop);
        return TypedResults.Created($"/api/inbound-sms/messages/{id}/notes", new ListNotes.Item(note, now, people.Of(official), request.Text));
    }
}
