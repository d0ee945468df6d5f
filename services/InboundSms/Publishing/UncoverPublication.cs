using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Publishing;

/// <summary>Shows what was hidden without need: an order number that looked like a telephone number. Only the secretariat, and for a reason.</summary>
internal static class UncoverPublication
{
    /// <param name="Question">What shall be shown of the citizen's first message, whole words.</param>
    /// <param name="Answer">What shall be shown of the latest answer.</param>
    /// <param name="Reason">Why; stands in the history of the case. No personal data.</param>
    public sealed record Request(
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? Question,
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? Answer,
        [Required, StringLength(300, MinimumLength = 3)] string Reason);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/publication/uncover", Handle)
        .WithName(nameof(UncoverPublication)).WithSummary("Shows what was hidden, for a reason")
        .ChangesPublication(Permissions.UncoverPublications).ProducesValidationProblem();

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var now = clock.GetUtcNow();
        return await db.ChangePublicationAsync(id, user, now, (found, publication) =>
        {
            if (Spans.In(found.Question, request.Question ?? []) is not { } ofQuestion)
                return Problems.Invalid("question", "span-outside-text");
            if (Spans.In(found.Answer!, request.Answer ?? []) is not { } ofAnswer)
                return Problems.Invalid("answer", "span-outside-text");

            publication.QuestionMasks = Spans.Except(publication.QuestionMasks, Redaction.Widen(found.Question, ofQuestion));
            publication.AnswerMasks = Spans.Except(publication.AnswerMasks, Redaction.Widen(found.Answer!, ofAnswer));
            db.Record(found.CaseId, CaseEventKind.PublicationUncovered, now, user, new { answerId = publication.AnswerId, reason = request.Reason });
            return null;
        }, stop);
    }
}
