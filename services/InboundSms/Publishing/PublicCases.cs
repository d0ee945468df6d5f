using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Publishing;

/// <summary>Keeps the public copy equal to the publications, in the caller's transaction.</summary>
internal static class PublicCases
{
    /// <summary>Shows a publication, or shows it as it is now, and seals what is shown.</summary>
    public static async Task ShowAsync(this InboundSmsDb db, Publication publication, DateTimeOffset now, CancellationToken stop)
    {
        var (shown, question, answer) = await db.MakeAsync(publication, now, stop);
        var proof = new PublicationProof
        {
            Id = Guid.CreateVersion7(now),
            AnswerId = answer.Id,
            QuestionMasks = publication.QuestionMasks,
            AnswerMasks = publication.AnswerMasks,
            Commitment = Redaction.Root(question.MessageId, answer.Id,
                Redaction.Tokens(question.Salt, question.Text, publication.QuestionMasks), Redaction.Tokens(answer.Salt, answer.Text, publication.AnswerMasks)),
            PublishedAt = now,
        };
        publication.PublishedAt = now;
        db.Add(proof);
        db.Seal(Redaction.Sealed.Kind, proof.Id, proof.Commitment);
        if (await db.PublicCases.SingleOrDefaultAsync(c => c.AnswerId == answer.Id, stop) is { } before)
            (before.PublishAt, before.ChangedAt, before.Question, before.Answer) = (shown.PublishAt, shown.ChangedAt, shown.Question, shown.Answer);
        else
            db.Add(shown);
    }

    /// <summary>Takes a publication off the public site.</summary>
    public static async Task HideAsync(this InboundSmsDb db, Publication publication, CancellationToken stop)
    {
        publication.PublishedAt = null;
        db.RemoveRange(await db.PublicCases.Where(c => c.AnswerId == publication.AnswerId).ToListAsync(stop));
    }

    /// <summary>The public copy of a publication, and what it is made of.</summary>
    public static async Task<(PublicCase Shown, MessageContent Question, Answer Answer)> MakeAsync(
        this InboundSmsDb db, Publication publication, DateTimeOffset now, CancellationToken stop)
    {
        var of = await (
            from answer in db.Answers
            join c in db.Cases on answer.CaseId equals c.Id
            join content in db.Contents on c.FirstMessageId equals content.MessageId
            where answer.Id == publication.AnswerId
            select new
            {
                Answer = answer,
                Question = content,
                c.ReceivedAt,
                UnitId = db.Positions.Where(p => p.Id == answer.PositionId).Select(p => (Guid?)p.UnitId).FirstOrDefault(),
            }).AsNoTracking().SingleAsync(stop);
        return (new()
        {
            AnswerId = of.Answer.Id,
            CaseId = of.Answer.CaseId,
            MessageId = of.Question.MessageId,
            UnitId = of.UnitId,
            ReceivedAt = of.ReceivedAt,
            AnsweredAt = of.Answer.AnsweredAt,
            PublishAt = publication.PublishAt,
            ChangedAt = now,
            Question = Masking.Apply(of.Question.Text, publication.QuestionMasks),
            Answer = Masking.Apply(of.Answer.Text, publication.AnswerMasks),
        }, of.Question, of.Answer);
    }
}
