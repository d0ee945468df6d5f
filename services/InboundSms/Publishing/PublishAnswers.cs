using System.ComponentModel.DataAnnotations;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Publishing;

/// <summary>Section <c>Publishing</c>.</summary>
public sealed record PublishingOptions
{
    /// <summary>From the answer's delivery to its public showing: time to object.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromHours(24);

    /// <summary>From the answer to its public showing when no report ever says how it fared. A failed answer is not shown.</summary>
    public TimeSpan WithoutReport { get; init; } = TimeSpan.FromHours(72);
}

/// <summary>The public feed (BJN 12(9)): answered messages, without the citizen's number, without any other number.</summary>
internal static class PublishAnswers
{
    /// <param name="Text">As sent, personal data masked.</param>
    /// <param name="AnsweredAt">When it was given.</param>
    public sealed record PublicAnswer(string Text, DateTimeOffset AnsweredAt);

    /// <param name="Id">Of the message.</param>
    /// <param name="CaseNumber">As the citizen knows it.</param>
    /// <param name="ReceivedAt">When it was received.</param>
    /// <param name="Keyword">Whom it was for.</param>
    /// <param name="Unit">The unit that answered.</param>
    /// <param name="Text">The citizen's words, personal data masked.</param>
    /// <param name="Answers">What was answered.</param>
    public sealed record Item(
        Guid Id, long CaseNumber, DateTimeOffset ReceivedAt, string? Keyword, string? Unit, string Text, IReadOnlyList<PublicAnswer> Answers);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/publik/api/messages", Handle)
        .WithName(nameof(PublishAnswers)).WithTags("Public").WithSummary("Answered messages, newest publication first").ProducesValidationProblem()
        .RequirePermission(Permissions.Anybody);

    /// <summary>The row that shows an answer once it is delivered; the masks are those of the preview that the official confirmed.</summary>
    public static Publication Prepare(Answer answer, string question, PublishingOptions options) => new()
    {
        AnswerId = answer.Id,
        CaseId = answer.CaseId,
        QuestionMasks = Masking.Find(question),
        AnswerMasks = Masking.Find(answer.Text),
        PublishAt = answer.AnsweredAt + options.WithoutReport,
    };

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        [StringLength(64)] string? cursor, HttpResponse response, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var now = clock.GetUtcNow();
        var rows = await (
            from shown in db.Publications
            join answer in db.Answers on shown.AnswerId equals answer.Id
            join c in db.Cases on shown.CaseId equals c.Id
            join content in db.Contents on c.FirstMessageId equals content.MessageId
            join position in db.Positions on answer.PositionId equals position.Id into positions
            from position in positions.DefaultIfEmpty()
            join unit in db.Units on position.UnitId equals unit.Id into units
            from unit in units.DefaultIfEmpty()
            where shown.PublishAt <= now && (shown.PublishAt < before || (shown.PublishAt == before && shown.AnswerId.CompareTo(beforeId) < 0))
            orderby shown.PublishAt descending, shown.AnswerId descending
            select new { Shown = shown, c.FirstMessageId, c.Number, c.ReceivedAt, c.Keyword, Unit = unit.Name, content.Text, Answer = answer.Text, answer.AnsweredAt })
            .AsNoTracking().Take(Paging.PageSize + 1).ToListAsync(stop);
        response.Headers[HeaderNames.CacheControl] = "public, max-age=5";
        var page = Paging.PageOf(rows, last => Paging.Cursor(last.Shown.PublishAt, last.Shown.AnswerId));
        return TypedResults.Ok(new Page<Item>([.. page.Items.Select(row => new Item(row.FirstMessageId, row.Number, row.ReceivedAt, row.Keyword, row.Unit,
            Masking.Apply(row.Text, row.Shown.QuestionMasks), [new(Masking.Apply(row.Answer, row.Shown.AnswerMasks), row.AnsweredAt)]))], page.Next));
    }
}
