using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Contracts.Notification;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Publishing;
using InboundSms.Receive;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Answering;

/// <summary>Section <c>Answering</c>.</summary>
public sealed record AnsweringOptions
{
    /// <summary>An answer that could not be handed over by then is gagal, and the case comes back.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>An official answers a citizen (BJN 12(5), 12(6)). One answer per case: of two people at once, one wins and the other is told.</summary>
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
        .RequirePermission(Permissions.AnswerMessages).RequireFreshSignIn().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Accepted<Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, IOptions<AnsweringOptions> options, IOptions<PublishingOptions> publishing,
        TimeProvider clock, ILogger<Answer> log, CancellationToken stop)
    {
        if (!request.Text.IsVisible)
            return Problems.Invalid(nameof(request.Text), "empty");
        var now = clock.GetUtcNow();
        var smsCase = await (
            from c in db.AnswerableBy(user.OfficialId, now)
            join member in db.CaseMessages on c.Id equals member.CaseId
            where member.MessageId == id
            select c).SingleOrDefaultAsync(stop);
        if (smsCase is null)
            return Problems.NotFound();
        if (smsCase.Status == CaseStatus.Answered)
            return Problems.Conflict("already-answered");
        if (smsCase.Status == CaseStatus.SetAside)
            return Problems.Conflict("set-aside");
        var message = await db.Messages.AsNoTracking().SingleAsync(m => m.Id == smsCase.FirstMessageId, stop);
        var content = await db.Contents.AsNoTracking().SingleAsync(c => c.MessageId == smsCase.FirstMessageId, stop);
        if (AnswerWays.Of(smsCase.Channel, content.SenderKind) is not { } way)
            return Problems.Conflict("sender-cannot-be-answered");
        if (Spans.In(content.Text, request.QuestionMasks ?? []) is not { } questionMasks)
            return Problems.Invalid("questionMasks", "span-outside-text");
        if (Spans.In(request.Text, request.AnswerMasks ?? []) is not { } answerMasks)
            return Problems.Invalid("answerMasks", "span-outside-text");

        var answer = Write(smsCase, user.OfficialId, request.Text, now);
        smsCase.Status = CaseStatus.Answered;
        // After a final failure the first answer's instant stays: the record of BJN 13 is never changed.
        smsCase.AnsweredAt ??= now;
        smsCase.Version++;
        db.Add(answer);
        var delivery = AnswerDelivery.Of(answer, way);
        db.Add(delivery);
        db.Seal(Answer.SealKind, answer.Id, answer.Commitment);
        db.Record(smsCase.Id, CaseEventKind.Answered, now, user.Actor, new { answerId = answer.Id, officialId = user.OfficialId, positionId = answer.PositionId, way });
        if (!smsCase.IsSecret)
            db.Add(PublishAnswers.Prepare(answer, way, content.Text, publishing.Value, questionMasks, answerMasks, request.Reviewed));
        if (way == AnswerWay.Sms)
            db.Publish(answer.Id, user.Actor, ToSms(answer, message, content, now + options.Value.Validity));
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateConcurrencyException)
        {
            var isAnswered = await db.Cases.AsNoTracking().AnyAsync(c => c.Id == smsCase.Id && c.Status == CaseStatus.Answered, stop);
            return Problems.Conflict(isAnswered ? "already-answered" : "changed-meanwhile");
        }

        Answered(log, answer.Id, smsCase.Number);
        return TypedResults.Accepted($"/api/inbound-sms/messages/{id}", new Response(answer.Id, delivery.Status));
    }

    /// <summary>From the number that he wrote to; a caller wrote to none.</summary>
    private static SendSms ToSms(Answer answer, Message message, MessageContent content, DateTimeOffset expiresAt) => new()
    {
        SmsId = answer.Id,
        To = content.Sender,
        Text = answer.Text,
        Channel = Channels.IsReserved(message.Channel) ? "" : message.Channel,
        From = content.Recipient.Length > 0 ? content.Recipient : null,
        Purpose = SmsPurpose.Answer,
        ExpiresAt = expiresAt,
    };

    private static Answer Write(SmsCase smsCase, Guid officialId, string text, DateTimeOffset now)
    {
        var salt = Commitment.NewSalt();
        var clean = text.Replace('\0', '\uFFFD');
        return new()
        {
            Id = Guid.CreateVersion7(now),
            CaseId = smsCase.Id,
            PositionId = smsCase.PositionId!.Value,
            OfficialId = officialId,
            Text = clean,
            AnsweredAt = now,
            Salt = salt,
            Commitment = Answer.CommitmentOf(salt, smsCase.Id, officialId, clean),
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Answer {AnswerId} given in case {CaseNumber}")]
    private static partial void Answered(ILogger log, Guid answerId, long caseNumber);
}
