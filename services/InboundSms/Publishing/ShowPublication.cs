using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Publishing;

/// <summary>Where the publication of a case stands.</summary>
public enum PublicationState
{
    /// <summary>Not answered yet.</summary>
    NotAnswered,
    /// <summary>The citizen asked for none.</summary>
    Secret,
    /// <summary>Its time, or the delivery of its answer, is still to come.</summary>
    Waiting,
    /// <summary>A person has to look at it first ("tinjau").</summary>
    NeedsReview,
    /// <summary>Everybody can read it.</summary>
    Public,
    /// <summary>Taken off the public site.</summary>
    TakenDown,
}

/// <summary>What the public sees, or will see, of a case; also before an answer is given, and of an answer that is being written.</summary>
internal static class ShowPublication
{
    /// <param name="Shown">With what is hidden filled in.</param>
    /// <param name="Masks">What is hidden, in the original.</param>
    /// <param name="Doubtful">What only a person can judge: a name perhaps, a number in disguise. Nothing is hidden there.</param>
    public sealed record Preview(string Shown, IReadOnlyList<TextSpan> Masks, IReadOnlyList<TextSpan> Doubtful)
    {
        internal static Preview Of(string text, int[] masks) => new(Masking.Apply(text, masks), Spans.ToList(masks), Spans.ToList(Masking.Doubtful(text, masks)));
    }

    /// <param name="State">Where it stands.</param>
    /// <param name="PublishAt">From when on it can be public; far ahead while the answer has failed.</param>
    /// <param name="Question">The citizen's first message.</param>
    /// <param name="Answer">The latest answer, or the one that is being written; null if there is none.</param>
    public sealed record Response(PublicationState State, DateTimeOffset? PublishAt, Preview Question, Preview? Answer);

    /// <param name="Text">Of the answer as it is being written; null: only the question.</param>
    /// <param name="QuestionMasks">As they would be sent with the answer.</param>
    /// <param name="AnswerMasks">The same of the answer.</param>
    public sealed record Request(
        [StringLength(918)] string? Text = null,
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? QuestionMasks = null,
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? AnswerMasks = null);

    public static void Map(RouteGroupBuilder messages)
    {
        messages.MapGet("/{id:guid}/publication", Handle).WithName(nameof(ShowPublication)).WithSummary("What the public sees, or will see, of a case")
            .RequirePermission(Permissions.ReadMessages).ProducesProblem(StatusCodes.Status404NotFound);
        messages.MapPost("/{id:guid}/publication/preview", HandlePreview).WithName("PreviewPublication").WithSummary("What the public would see of an answer that is being written")
            .RequirePermission(Permissions.ReadMessages).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.PublishableAsync(id, user, clock.GetUtcNow(), stop) is not { } found)
            return Problems.NotFound();
        var state = found switch
        {
            { IsSecret: true } => PublicationState.Secret,
            { Publication: null } => PublicationState.NotAnswered,
            { Publication.TakenDownAt: not null } => PublicationState.TakenDown,
            { Publication.PublishedAt: not null } => PublicationState.Public,
            { Publication.WaitsForReview: true } => PublicationState.NeedsReview,
            _ => PublicationState.Waiting,
        };
        return TypedResults.Ok(found.Publication is { } publication
            ? new Response(state, publication.PublishAt, Preview.Of(found.Question, publication.QuestionMasks), Preview.Of(found.Answer!, publication.AnswerMasks))
            : new Response(state, null, Preview.Of(found.Question, Masking.Find(found.Question)), null));
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandlePreview(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.PublishableAsync(id, user, clock.GetUtcNow(), stop) is not { } found)
            return Problems.NotFound();
        if (Spans.In(found.Question, request.QuestionMasks ?? []) is not { } questionMasks)
            return Problems.Invalid("questionMasks", "span-outside-text");
        if (Spans.In(request.Text ?? "", request.AnswerMasks ?? []) is not { } answerMasks)
            return Problems.Invalid("answerMasks", "span-outside-text");
        return TypedResults.Ok(new Response(found.IsSecret ? PublicationState.Secret : PublicationState.Waiting, null,
            Preview.Of(found.Question, Masking.With(found.Question, questionMasks)), request.Text is { } text ? Preview.Of(text, Masking.With(text, answerMasks)) : null));
    }
}
