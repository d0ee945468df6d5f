using System.Security.Claims;
using Contracts.Notification;
using InboundSms.Deadlines;
using InboundSms.History;
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

    /// <summary>So long after he last saved his draft, colleagues see that somebody is answering.</summary>
    public TimeSpan DraftShown { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>An answer as somebody wants to give it.</summary>
/// <param name="Text">What the citizen will read.</param>
/// <param name="QuestionMasks">What the public must not see of the citizen's first message, besides what is found.</param>
/// <param name="AnswerMasks">The same of the answer.</param>
/// <param name="Reviewed">He has looked at what is doubtful.</param>
/// <param name="ProposedBy">Who wrote it, when that is another.</param>
internal sealed record AnswerWanted(string Text, IReadOnlyList<TextSpan>? QuestionMasks, IReadOnlyList<TextSpan>? AnswerMasks, bool Reviewed, Guid? ProposedBy = null);

/// <summary>What became of it.</summary>
internal sealed record AnswerGiven(Guid AnswerId, DeliveryStatus Delivery, ProblemHttpResult? Refusal = null)
{
    public static AnswerGiven Refused(ProblemHttpResult refusal) => new(Guid.Empty, default, refusal);
}

/// <summary>What makes an answer, for whoever's decision it is: the words, their seal, the SMS, the public showing and the history, all for the caller's one save.</summary>
internal sealed class GiveAnswer(
    InboundSmsDb db, IOptions<AnsweringOptions> options, IOptions<PublishingOptions> publishing, DeadlineMetrics metrics, TimeProvider clock)
{
    /// <summary>Stops the legal clock. With a refusal nothing has been added.</summary>
    /// <param name="smsCase">Of a position, not answered yet.</param>
    /// <param name="user">Whose decision it is.</param>
    /// <param name="wanted">What he decided.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<AnswerGiven> AddAsync(SmsCase smsCase, ClaimsPrincipal user, AnswerWanted wanted, CancellationToken stop)
    {
        var message = await db.Messages.AsNoTracking().SingleAsync(m => m.Id == smsCase.FirstMessageId, stop);
        var content = await db.Contents.AsNoTracking().SingleAsync(c => c.MessageId == smsCase.FirstMessageId, stop);
        if (AnswerWays.Of(smsCase.Channel, content.SenderKind) is not { } way)
            return AnswerGiven.Refused(Problems.Conflict("sender-cannot-be-answered"));
        if (Spans.In(content.Text, wanted.QuestionMasks ?? []) is not { } questionMasks)
            return AnswerGiven.Refused(Problems.Invalid("questionMasks", "span-outside-text"));
        if (Spans.In(wanted.Text, wanted.AnswerMasks ?? []) is not { } answerMasks)
            return AnswerGiven.Refused(Problems.Invalid("answerMasks", "span-outside-text"));

        var now = clock.GetUtcNow();
        var answer = Write(smsCase, user.OfficialId, wanted.Text, now);
        smsCase.Status = CaseStatus.Answered;
        if (smsCase.AnsweredAt is null)
            db.SavedChanges += (_, _) => metrics.Answered(now - smsCase.ReceivedAt);
        // After a final failure the first answer's instant stays: the record of BJN 13 is never changed.
        smsCase.AnsweredAt ??= now;
        smsCase.Version++;
        db.Add(answer);
        var delivery = AnswerDelivery.Of(answer, way);
        db.Add(delivery);
        db.Seal(Answer.SealKind, answer.Id, answer.Commitment);
        db.Record(smsCase.Id, CaseEventKind.Answered, now, user.Actor,
            new { answerId = answer.Id, officialId = user.OfficialId, positionId = answer.PositionId, way, wanted.ProposedBy });
        if (wanted.ProposedBy is null)
            await db.WithdrawProposalAsync(smsCase.Id, stop);
        if (!smsCase.IsSecret)
            db.Add(PublishAnswers.Prepare(answer, way, content.Text, publishing.Value, questionMasks, answerMasks, wanted.Reviewed));
        if (way == AnswerWay.Sms)
        {
            var payer = (await Payers.LoadAsync(db, [smsCase.PositionId], stop)).Of(smsCase.PositionId);
            db.Publish(answer.Id, user.Actor, ToSms(answer, message, content, payer, now + options.Value.Validity));
        }

        return new(answer.Id, delivery.Status);
    }

    /// <summary>From the number that he wrote to; a caller wrote to none.</summary>
    private static SendSms ToSms(Answer answer, Message message, MessageContent content, string? payer, DateTimeOffset expiresAt) => new()
    {
        SmsId = answer.Id,
        To = content.Sender,
        Text = answer.Text,
        Channel = Channels.IsReserved(message.Channel) ? "" : message.Channel,
        From = content.Recipient.Length > 0 ? content.Recipient : null,
        Purpose = SmsPurpose.Answer,
        Payer = payer,
        ExpiresAt = expiresAt,
        ReportTo = TrackDelivery.Queue,
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
}
