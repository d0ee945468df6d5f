using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Answering;

/// <summary>
/// What an official has written so far: kept for him, one for each case, and a sign to his colleagues that he is at it. The sign holds nobody back and fades when
/// nothing more is saved; who answers first is decided by the answer.
/// </summary>
internal static class SaveDraft
{
    /// <param name="Text">At most 918 characters; empty when he has only begun.</param>
    public sealed record Request([Required(AllowEmptyStrings = true), StringLength(918)] string Text);

    /// <param name="SavedAt">When.</param>
    /// <param name="Length">How it would travel.</param>
    /// <param name="BeingAnsweredBy">Colleagues who are at it too.</param>
    public sealed record Response(DateTimeOffset SavedAt, SmsLength Length, IReadOnlyList<Colleague> BeingAnsweredBy);

    public static void Map(RouteGroupBuilder messages)
    {
        messages.MapPut("/{id:guid}/draft", Handle).WithName(nameof(SaveDraft)).WithSummary("Saves what the caller has written so far")
            .RequirePermission(Permissions.HandleMessages).ShowsCase().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        messages.MapDelete("/{id:guid}/draft", Drop).WithName("DropDraft").WithSummary("Drops it, and the sign to colleagues with it")
            .RequirePermission(Permissions.HandleMessages).ProducesProblem(StatusCodes.Status404NotFound);
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, IOptions<AnsweringOptions> options, TimeProvider clock, CancellationToken stop)
    {
        var (official, now) = (user.OfficialId, clock.GetUtcNow().InMicroseconds);
        if (await db.AnswerableBy(official, now).OfMessage(db, id).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(stop) is not { } caseId)
            return Problems.NotFound();
        var text = request.Text.Replace('\0', '\uFFFD');
        // "for share" waits for whoever is answering at this moment: no draft is left behind an answer.
        var saved = await db.Database.ExecuteSqlAsync($"""
            with waiting as (select id from sms_case where id = {caseId} and status in ('Open', 'AnswerFailed') for share)
            insert into answer_draft (case_id, official_id, text, saved_at) select id, {official}, {text}, {now} from waiting
            on conflict (case_id, official_id) do update set text = excluded.text, saved_at = excluded.saved_at
            """, stop);
        if (saved == 0)
            return Problems.Conflict((await db.Cases.AsNoTracking().SingleAsync(c => c.Id == caseId, stop)).WhyNotAnswerable ?? "changed-meanwhile");
        var others = await db.WritersOf(now - options.Value.DraftShown).Where(draft => draft.CaseId == caseId && draft.OfficialId != official)
            .OrderByDescending(draft => draft.SavedAt).Select(draft => (Guid?)draft.OfficialId).Take(10).ToListAsync(stop);
        var people = await db.ColleaguesAsync(others, now, stop);
        return TypedResults.Ok(new Response(now, SmsLength.Of(text), [.. others.Select(other => people.Of(other)!)]));
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> Drop(Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.AnswerableBy(user.OfficialId, clock.GetUtcNow()).OfMessage(db, id).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(stop) is not { } caseId)
            return Problems.NotFound();
        var official = user.OfficialId;
        await db.AnswerDrafts.Where(draft => draft.CaseId == caseId && draft.OfficialId == official).ExecuteDeleteAsync(stop);
        return TypedResults.NoContent();
    }

    /// <summary>Drafts that somebody has saved since an instant: he is at it.</summary>
    internal static IQueryable<AnswerDraft> WritersOf(this InboundSmsDb db, DateTimeOffset since) => db.AnswerDrafts.Where(draft => draft.SavedAt > since);
}
