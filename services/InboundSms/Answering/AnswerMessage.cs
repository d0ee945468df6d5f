using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Contracts.Notification;
using InboundSms.Inbox;
using InboundSms.Publishing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Answering;

/// <summary>An official answers a citizen (BJN 12(5), 12(6)). One answer per case: of two people at once, one wins and the other is told who.</summary>
internal static partial class AnswerMessage
{
    /// <param name="Text">What the citizen will read; 1 to 918 characters, six parts at most.</param>
    /// <param name="QuestionMasks">What the public must not see of the citizen's first message, besides what is found: names, addresses. Whole words are hidden.</param>
    /// <param name="AnswerMasks">The same of the answer.</param>
    /// <param name="Reviewed">The answerer has looked at what the preview calls doubtful; without it somebody else has to, before the public sees anything.</param>
    public sealed record Request(
        [Required, StringLength(918, MinimumLength = 1)] string Text,
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? QuestionMasks = null,
        [MaxLength(Spans.Most)] IReadOnlyList<TextSpan>? AnswerMasks = null,
        bool Reviewed = false);

    /// <param name="Id">Of the answer.</param>
    /// <param name="DeliveryStatus">Pending: it is on its way. Delivered: it lies ready for whoever has the receipt code.</param>
    public sealed record Response(Guid Id, DeliveryStatus DeliveryStatus);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/answers", Handle)
        .WithName(nameof(AnswerMessage)).WithSummary("Answers a citizen; confirms the public preview")
        .RequirePermission(Permissions.AnswerMessages).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Accepted<Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, GiveAnswer give, TimeProvider clock, ILogger<Answer> log, CancellationToken stop)
    {
        if (!request.Text.IsVisible)
            return Problems.Invalid(nameof(request.Text), "empty");
        if (await db.AnswerableBy(user.OfficialId, clock.GetUtcNow()).OfMessage(db, id).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.WhyNotAnswerable is { } why)
            return Problems.Conflict(why);
        if (await db.MustBeReviewedAsync(smsCase, user.OfficialId, clock.GetUtcNow(), stop))
            return Problems.Conflict("review-required");
        var given = await give.AddAsync(smsCase, user, new(request.Text, request.QuestionMasks, request.AnswerMasks, request.Reviewed), stop);
        if (given.Refusal is { } refusal)
            return refusal;

        await db.SaveChangesAsync(stop);
        Answered(log, given.AnswerId, smsCase.Number);
        return TypedResults.Accepted($"/api/inbound-sms/messages/{id}", new Response(given.AnswerId, given.Delivery));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Answer {AnswerId} given in case {CaseNumber}")]
    private static partial void Answered(ILogger log, Guid answerId, long caseNumber);
}
