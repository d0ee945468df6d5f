using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Sending;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>
/// Somebody has looked at an answer by SMS that fits no recipient: it is this official's, who wrote from another phone, and counts for him from then on; or it is nobody's.
/// The answer stays as it came, his stands beside it with its time.
/// </summary>
internal static class CloseUnknownAnswer
{
    /// <param name="Reason">How he knows; no personal data.</param>
    /// <param name="OfficialId">A recipient of the broadcast, whose answer it is; null: nobody's.</param>
    /// <param name="Attends">Whether he comes, of a broadcast that asks for it; null: as the SMS was read.</param>
    public sealed record Request([Required, StringLength(300, MinimumLength = 3)] string Reason, Guid? OfficialId = null, bool? Attends = null);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/unknown-answers/{id:guid}/closing", HandleAsync).WithName(nameof(CloseUnknownAnswer))
        .WithSummary("Says whose an answer by SMS is that fits no recipient, or that it is nobody's").RequirePermission(Permissions.RunBroadcasts)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid(nameof(request.Reason), "empty");
        if (await db.Set<Answer>().AsNoTracking().Include(a => a.Content).SingleOrDefaultAsync(a => a.Id == id && a.OfficialId == null, stop) is not { } answer)
            return Problems.NotFound();
        var broadcast = await db.Broadcasts.AsNoTracking().SingleOrDefaultAsync(b => b.Id == answer.BroadcastId, stop);
        if (request.OfficialId is { } official && !await db.Received().AnyAsync(m => m.Broadcast.Id == answer.BroadcastId && m.Recipient.OfficialId == official, stop))
            return Problems.Invalid(nameof(request.OfficialId), "not-a-recipient");
        if (request.Attends is not null && (request.OfficialId is null
            || !await db.Revisions.AnyAsync(r => r.BroadcastId == answer.BroadcastId && r.No == broadcast!.Revision && r.Answers == AnswerMode.Attendance, stop)))
            return Problems.Invalid(nameof(request.Attends), "attendance");

        var (now, reason) = (clock.GetUtcNow().InMicroseconds, Moves.Plain(request.Reason));
        var his = request.OfficialId is null ? null : new Answer
        {
            Id = Guid.CreateVersion7(now),
            BroadcastId = answer.BroadcastId,
            Number = answer.Number,
            OfficialId = request.OfficialId,
            Via = AnswerVia.Sms,
            Attends = request.Attends ?? answer.Attends,
            At = answer.At,
            Content = answer.Content is { } content ? new() { Text = content.Text, Sender = content.Sender } : null,
        };
        if (his is not null)
            db.Add(his);
        db.Add(new UnknownAnswerClosing { AnswerId = id, CountedAs = his?.Id, Reason = reason, ClosedBy = user.Actor, ClosedAt = now });
        if (broadcast is not null)
            db.Record(broadcast, nameof(CloseUnknownAnswer), user.Actor, now, new { answer = id, request.OfficialId, his?.Attends, reason });
        try
        {
            await db.SaveChangesAsync(stop);
            return TypedResults.NoContent();
        }
        catch (DbUpdateException closed) when (closed.IsUniqueViolation("unknown_answer_closing_pkey"))
        {
            return Problems.Conflict("answer-closed");
        }
    }
}
