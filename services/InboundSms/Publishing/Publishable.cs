using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Publishing;

/// <summary>A case that the user may read, as far as its publication is concerned.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="IsSecret">Never public.</param>
/// <param name="Question">The citizen's first message.</param>
/// <param name="Answer">The latest; null while there is none.</param>
/// <param name="Publication">Of that answer, tracked; null while there is none.</param>
internal sealed record Publishable(Guid CaseId, bool IsSecret, string Question, string? Answer, Publication? Publication)
{
    /// <summary>As the publication is masked now.</summary>
    public bool IsDoubtful => Masking.Doubtful(Question, Publication!.QuestionMasks).Length > 0 || Masking.Doubtful(Answer!, Publication.AnswerMasks).Length > 0;
}

internal static class Publishables
{
    /// <summary>Null: there is no such message, or it is not the user's to see.</summary>
    public static async Task<Publishable?> PublishableAsync(this InboundSmsDb db, Guid messageId, ClaimsPrincipal user, DateTimeOffset now, CancellationToken stop)
    {
        var found = await (
            from c in db.ReadableBy(user, now)
            join member in db.CaseMessages on c.Id equals member.CaseId
            join content in db.Contents on c.FirstMessageId equals content.MessageId
            where member.MessageId == messageId
            select new { c.Id, c.IsSecret, content.Text }).SingleOrDefaultAsync(stop);
        if (found is null)
            return null;
        var latest = await (
            from publication in db.Publications
            join answer in db.Answers on publication.AnswerId equals answer.Id
            where publication.CaseId == found.Id
            orderby answer.AnsweredAt descending, answer.Id descending
            select new { Publication = publication, answer.Text }).FirstOrDefaultAsync(stop);
        return new(found.Id, found.IsSecret, found.Text, latest?.Text, latest?.Publication);
    }
}
