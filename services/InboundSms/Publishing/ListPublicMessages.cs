using System.ComponentModel.DataAnnotations;
using InboundSms.Portal;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Publishing;

/// <summary>The public feed and its search (BJN 12(9)): answered messages, without the citizen's number, without any other number. Words are searched in what is shown.</summary>
internal static class ListPublicMessages
{
    /// <param name="Text">As sent, personal data masked.</param>
    /// <param name="AnsweredAt">When it was given.</param>
    public sealed record PublicAnswer(string Text, DateTimeOffset AnsweredAt);

    /// <param name="Id">Of the message.</param>
    /// <param name="CaseNumber">As the citizen knows it.</param>
    /// <param name="ReceivedAt">When it was received.</param>
    /// <param name="PublishedAt">Since when it may be shown.</param>
    /// <param name="Class">What the citizen says; null while nobody has said.</param>
    /// <param name="Keyword">Whom it was for.</param>
    /// <param name="UnitCode">The unit that answered.</param>
    /// <param name="Unit">Its name.</param>
    /// <param name="Text">The citizen's words, personal data masked.</param>
    /// <param name="Answers">What was answered.</param>
    /// <param name="Channel">Sms, Web, CallCentre or Portal: how it reached the city.</param>
    /// <param name="IsIncomplete">Parts of the citizen's message never came: words are missing in it.</param>
    public sealed record Item(
        Guid Id, long CaseNumber, DateTimeOffset ReceivedAt, DateTimeOffset PublishedAt, MessageClass? Class, string? Keyword, string? UnitCode, string? Unit, string Text,
        IReadOnlyList<PublicAnswer> Answers, CaseChannel Channel, bool IsIncomplete);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/publik/api/messages", Handle)
        .WithName(nameof(ListPublicMessages)).WithTags("Public").WithSummary("Answered messages, newest publication first; searched in the words that are shown")
        .ProducesValidationProblem().RequirePermission(Permissions.Anybody).CachedPublicly(seconds: 5);

    /// <param name="words">All of them occur, in any form; "in quotation marks" next to each other, -not this one.</param>
    /// <param name="unit">Code of the unit that answered.</param>
    /// <param name="class">News, Complaint, Criticism, Question or Proposal.</param>
    /// <param name="from">Received at or after.</param>
    /// <param name="to">Received before.</param>
    /// <param name="cursor">Of the page before.</param>
    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        [StringLength(100)] string? words, [StringLength(32)] string? unit, [StringLength(20)] string? @class, [StringLength(40)] string? from, [StringLength(40)] string? to,
        [StringLength(64)] string? cursor, IPublicSearch search, InboundSmsDb db, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (!city.TryRead(from, out var since))
            return Problems.Invalid(nameof(from), "value");
        if (!city.TryRead(to, out var until))
            return Problems.Invalid(nameof(to), "value");
        MessageClass? wantedClass = null;
        if (!string.IsNullOrEmpty(@class))
        {
            if (!Enum.TryParse<MessageClass>(@class, ignoreCase: true, out var parsed) || !@class.All(char.IsAsciiLetter))
                return Problems.Invalid(nameof(@class), "value");
            wantedClass = parsed;
        }

        var wanted = new PublicQuery(WithoutNul(words), WithoutNul(unit), wantedClass, since, until, before, beforeId);
        var rows = await (
            from shown in await search.FindAsync(db, wanted, clock.GetUtcNow(), Paging.PageSize + 1, stop)
            join c in db.Cases on shown.CaseId equals c.Id
            join of in db.Units on shown.UnitId equals of.Id into units
            from of in units.DefaultIfEmpty()
            orderby shown.PublishAt descending, shown.AnswerId descending
            select new { Shown = shown, c.Number, c.Channel, c.Class, c.Keyword, of.Code, of.Name, IsIncomplete = db.Messages.Any(m => m.Id == shown.MessageId && m.IsIncomplete) }).AsNoTracking().Take(Paging.PageSize + 1).ToListAsync(stop);
        var page = Paging.PageOf(rows, last => Paging.Cursor(last.Shown.PublishAt, last.Shown.AnswerId));
        return TypedResults.Ok(new Page<Item>([.. page.Items.Select(row => new Item(row.Shown.MessageId, row.Number, row.Shown.ReceivedAt, row.Shown.PublishAt,
            row.Class, row.Keyword, row.Code, row.Name, row.Shown.Question, [new(row.Shown.Answer, row.Shown.AnsweredAt)], row.Channel, row.IsIncomplete))], page.Next));
    }

    private static string? WithoutNul(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Replace("\0", "", StringComparison.Ordinal);
}
