using System.ComponentModel.DataAnnotations;
using InboundSms.Publishing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.NationalPortal;

/// <summary>
/// What the national portal should know: cases that the city hands over, and how those fare that it took over. What is masked for the public, by itself and by hand, is
/// masked here, and what a person would have to judge; the citizen's own number never leaves.
/// </summary>
internal static class ExportToPortal
{
    public sealed record Answered(string Text, DateTimeOffset At);

    /// <param name="CaseNumber">Ours.</param>
    /// <param name="TrackingId">The portal's; null until it has given one.</param>
    /// <param name="Direction">FromPortal or ToPortal.</param>
    /// <param name="Classification">Pengaduan, Aspirasi or Permintaan Informasi.</param>
    /// <param name="Agency">The unit that has the case.</param>
    /// <param name="Reason">Why it was handed over.</param>
    /// <param name="IsSecret">Not to be published at the portal either.</param>
    public sealed record Item(
        Guid MessageId, long CaseNumber, string? TrackingId, PortalDirection Direction, string Classification, DateTimeOffset ReceivedAt, string? Agency, string Text, string? Reason,
        bool IsSecret, CaseStatus Status, IReadOnlyList<Answered> Answers);

    public static void Map(RouteGroupBuilder portal) => portal.MapGet("/cases", Handle)
        .WithName(nameof(ExportToPortal)).WithSummary("Cases shared with the national portal, with their answers, latest first").RequirePermission(Permissions.ExchangeWithPortal)
        .ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle([StringLength(64)] string? cursor, InboundSmsDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await (
            from shared in db.PortalCases
            join c in db.Cases on shared.MessageId equals c.FirstMessageId
            join content in db.Contents on shared.MessageId equals content.MessageId
            join position in db.Positions on c.PositionId equals position.Id into positions
            from position in positions.DefaultIfEmpty()
            join unit in db.Units on position.UnitId equals unit.Id into units
            from unit in units.DefaultIfEmpty()
            where shared.At < before || (shared.At == before && shared.MessageId.CompareTo(beforeId) < 0)
            orderby shared.At descending, shared.MessageId descending
            select new
            {
                Shared = shared,
                Case = c,
                content.Text,
                Unit = unit.Name,
                Answers = db.Answers.Where(a => a.CaseId == c.Id).OrderBy(a => a.AnsweredAt).Take(10).ToList(),
                Publications = db.Publications.Where(p => p.CaseId == c.Id).ToList(),
            })
            .AsNoTracking().Take(Paging.PageSize + 1).ToListAsync(stop);
        var page = Paging.PageOf(rows, last => Paging.Cursor(last.Shared.At, last.Shared.MessageId));
        return TypedResults.Ok(new Page<Item>([.. page.Items.Select(row => new Item(row.Shared.MessageId, row.Case.Number, row.Shared.TrackingId, row.Shared.Direction,
            Classification.Of(row.Case.Class), row.Case.ReceivedAt, row.Unit, Masked(row.Text, row.Publications.SelectMany(p => Spans.Each(p.QuestionMasks))), row.Shared.Reason, row.Case.IsSecret, row.Case.Status,
            [.. row.Answers.Select(answer => new Answered(
                Masked(answer.Text, row.Publications.Where(p => p.AnswerId == answer.Id).SelectMany(p => Spans.Each(p.AnswerMasks))), answer.AnsweredAt))]))], page.Next));
    }

    private static string Masked(string text, IEnumerable<(int Start, int End)> byHand)
    {
        var masks = Masking.With(text, Spans.Merge(byHand));
        return Masking.Apply(text, Masking.With(text, Spans.Union(masks, Masking.Doubtful(text, masks))));
    }
}
