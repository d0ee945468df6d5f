using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Publishing;

/// <summary>Hides more of a question and its answer, before or after they are public. The words themselves are never touched (BJN 11e).</summary>
internal static class MaskPublication
{
    /// <param name="QuestionMasks">In the citizen's first message. Whole words are hidden.</param>
    /// <param name="AnswerMasks">In the latest answer.</param>
    public sealed record Request(
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? QuestionMasks = null,
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? AnswerMasks = null);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/publication/masks", Handle)
        .WithName(nameof(MaskPublication)).WithSummary("Hides more of what is, or will be, public")
        .ChangesPublication(Permissions.EditPublications).ProducesValidationProblem();

    internal static Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        return db.ChangePublicationAsync(id, user, now, (found, publication) =>
        {
            if (Spans.In(found.Question, request.QuestionMasks ?? []) is not { } ofQuestion)
                return Problems.Invalid("questionMasks", "span-outside-text");
            if (Spans.In(found.Answer!, request.AnswerMasks ?? []) is not { } ofAnswer)
                return Problems.Invalid("answerMasks", "span-outside-text");

            publication.QuestionMasks = Spans.Union(publication.QuestionMasks, Redaction.Widen(found.Question, ofQuestion));
            publication.AnswerMasks = Spans.Union(publication.AnswerMasks, Redaction.Widen(found.Answer!, ofAnswer));
            // Hidden is no longer doubtful; what never was does not become so.
            publication.NeedsReview &= found.IsDoubtful;
            db.Record(found.CaseId, CaseEventKind.PublicationMasked, now, user,
                new { answerId = publication.AnswerId, question = request.QuestionMasks?.Count ?? 0, answer = request.AnswerMasks?.Count ?? 0 });
            return null;
        }, stop);
    }
}
