using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>A recipient answers on the web (KOR 7(6)). He may change his mind: every answer stands, the latest says whether he comes.</summary>
internal static class AnswerBroadcast
{
    /// <param name="Attends">Whether he comes; of a broadcast that asks for it, and of no other.</param>
    /// <param name="Text">What he wants to say; can be left out beside <paramref name="Attends"/>.</param>
    public sealed record Request(bool? Attends, [StringLength(918)] string? Text);

    /// <param name="Id">Of the answer.</param>
    public sealed record Response(Guid Id);

    public static void Map(RouteGroupBuilder mine) => mine.MapPost("/{id:guid}/answers", HandleAsync).WithName(nameof(AnswerBroadcast))
        .WithSummary("Answers a broadcast that was sent to the caller").RequirePermission(Permissions.ReceiveBroadcasts).AcceptIdempotencyKey().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Created<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.ReceivedBy(user).Where(m => m.Broadcast.Id == id)
            .Select(m => new { m.Broadcast.Number, Mode = db.Revisions.Where(r => r.BroadcastId == id && r.No == m.Broadcast.Revision).Select(r => r.Answers).Single() })
            .SingleOrDefaultAsync(stop) is not { } asked)
            return Problems.NotFound();
        if (asked.Mode == AnswerMode.None)
            return Problems.Conflict("no-answer-asked");
        if (asked.Mode == AnswerMode.Attendance != request.Attends.HasValue)
            return Problems.Invalid(nameof(request.Attends), "attendance");
        var text = request.Text?.Trim() ?? "";
        if (asked.Mode == AnswerMode.Free && !text.IsVisible)
            return Problems.Invalid(nameof(request.Text), "empty");
        if (!text.IsNormalizable || text.Contains('\0', StringComparison.Ordinal))
            return Problems.Invalid(nameof(request.Text), "value");
        var now = clock.GetUtcNow().InMicroseconds;
        var answer = new Answer
        {
            Id = Guid.CreateVersion7(now),
            BroadcastId = id,
            Number = asked.Number,
            OfficialId = user.OfficialId,
            Via = AnswerVia.Web,
            Attends = request.Attends,
            At = now,
            Content = text.Length == 0 ? null : new() { Text = text },
        };
        db.Add(answer);
        await db.SaveChangesAsync(stop);
        return TypedResults.Created($"/api/broadcasts/mine/{id}", new Response(answer.Id));
    }
}
