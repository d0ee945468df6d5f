using System.Diagnostics.Metrics;
using InboundSms.Answering;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace InboundSms.Publishing;

/// <summary>Section <c>Publishing</c>.</summary>
public sealed record PublishingOptions
{
    /// <summary>From the answer's delivery to its public showing: time to object.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromHours(24);

    /// <summary>From the answer to its public showing when no report ever says how it fared. A failed answer is not shown.</summary>
    public TimeSpan WithoutReport { get; init; } = TimeSpan.FromHours(72);
}

/// <summary>
/// Makes public what is due (BJN 12(9)): masked copy for everybody, proof for the chain, entry in the case's history, in one transaction. Several instances share
/// the work; what one has locked the others leave out.
/// </summary>
internal sealed partial class PublishAnswers(IServiceScopeFactory scopes, TimeProvider clock, IMeterFactory meters, ILogger<PublishAnswers> log) : BackgroundService
{
    private const int BatchSize = 50;

    private readonly Counter<long> _published = meters.Create(Telemetry.Name)
        .CreateCounter<long>("platform.sms.publications", "{publication}", "Answers made public, also those made public again");

    /// <summary>The row that shows an answer once it is delivered and nobody has to look at it first.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="way">One that leaves nothing open waits for no report.</param>
    /// <param name="question">The citizen's first message.</param>
    /// <param name="options">When.</param>
    /// <param name="questionMasks">What the answerer hides besides what is found.</param>
    /// <param name="answerMasks">The same in the answer.</param>
    /// <param name="reviewed">The answerer has looked at what is doubtful.</param>
    public static Publication Prepare(
        Answer answer, AnswerWay way, string question, PublishingOptions options, int[]? questionMasks = null, int[]? answerMasks = null, bool reviewed = false)
    {
        var (hiddenOfQuestion, hiddenOfAnswer) = (Masking.With(question, questionMasks ?? []), Masking.With(answer.Text, answerMasks ?? []));
        return new()
        {
            AnswerId = answer.Id,
            CaseId = answer.CaseId,
            QuestionMasks = hiddenOfQuestion,
            AnswerMasks = hiddenOfAnswer,
            PublishAt = answer.AnsweredAt + (way == AnswerWay.Receipt ? options.Delay : options.WithoutReport),
            NeedsReview = Masking.Doubtful(question, hiddenOfQuestion).Length > 0 || Masking.Doubtful(answer.Text, hiddenOfAnswer).Length > 0,
            ReviewedAt = reviewed ? answer.AnsweredAt : null,
        };
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromMilliseconds(500), clock, log, async stop =>
    {
        var published = await PublishDueAsync(stop);
        if (published > 0)
        {
            _published.Add(published);
            Published(log, published);
        }

        return published > 0;
    }, stoppingToken);

    private async Task<int> PublishDueAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var now = clock.GetUtcNow();
        var due = await db.Publications.FromSql($"""
            select p.* from publication p join sms_case c on c.id = p.case_id join message_content m on m.message_id = c.first_message_id
            where p.publish_at <= {now} and p.published_at is null and p.taken_down_at is null and (not p.needs_review or p.reviewed_at is not null) and not c.is_secret
            order by p.publish_at limit {BatchSize} for update of p skip locked
            """).ToListAsync(stop);
        foreach (var publication in due)
        {
            publication.Version++;
            await db.ShowAsync(publication, now, stop);
            db.Record(publication.CaseId, CaseEventKind.Published, now, Outbox.System, new { answerId = publication.AnswerId });
        }

        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return due.Count;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} answers are public now")]
    private static partial void Published(ILogger log, int count);
}
