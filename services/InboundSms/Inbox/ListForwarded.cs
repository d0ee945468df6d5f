using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>
/// What the caller's positions gave away, newest first: where it is and whether it was answered. Neither the citizen's words nor his number: they go where the work
/// goes (UU 27/2022, purpose).
/// </summary>
internal static class ListForwarded
{
    /// <param name="CaseNumber">Told to people.</param>
    /// <param name="At">When it was forwarded.</param>
    /// <param name="By">Who did it; null for somebody of the secretariat who holds no position.</param>
    /// <param name="From">Title of the position that had it.</param>
    /// <param name="To">Title of the position that got it.</param>
    /// <param name="Reason">As given; null when the law made us erase it.</param>
    /// <param name="Status">Of the case now, wherever it is.</param>
    /// <param name="AnsweredAt">When it was answered first.</param>
    public sealed record Item(
        long CaseNumber, DateTimeOffset At, Colleague? By, string? From, string? To, string? Reason, CaseStatus Status, DateTimeOffset? AnsweredAt);

    public static void Map(RouteGroupBuilder messages) => messages.MapGet("/forwarded", Handle)
        .WithName(nameof(ListForwarded)).WithSummary("What the caller's positions forwarded, newest first").RequirePermission(Permissions.ReadMessages)
        .ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        [StringLength(64)] string? cursor, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var now = clock.GetUtcNow();
        var positions = Permissions.ReadAllMessages.IsGivenTo(user) ? db.Positions : db.PositionsReadBy(user, now);
        var rows = await (
            from forwarding in db.Forwardings
            where positions.Any(p => p.Id == forwarding.FromPositionId)
                && (forwarding.At < before || (forwarding.At == before && forwarding.EventId.CompareTo(beforeId) < 0))
            join happened in db.CaseEvents on forwarding.EventId equals happened.Id
            join c in db.Cases on forwarding.CaseId equals c.Id
            orderby forwarding.At descending, forwarding.EventId descending
            select new
            {
                forwarding.EventId,
                c.Number,
                forwarding.At,
                happened.Content!.Details,
                From = db.Positions.Where(p => p.Id == forwarding.FromPositionId).Select(p => p.Title).SingleOrDefault(),
                To = db.Positions.Where(p => p.Id == forwarding.ToPositionId).Select(p => p.Title).SingleOrDefault(),
                c.Status,
                c.AnsweredAt,
            }).Take(Paging.PageSize + 1).ToListAsync(stop);
        var page = Paging.PageOf(rows, last => Paging.Cursor(last.At, last.EventId));
        var details = page.Items.ToDictionary(row => row.EventId,
            row => row.Details is null ? null : JsonSerializer.Deserialize<ForwardMessage.Forwarded>(row.Details, JsonSerializerOptions.Web));
        var people = await db.ColleaguesAsync(details.Values.Select(one => one?.By), now, stop);
        return TypedResults.Ok(new Page<Item>([.. page.Items.Select(row => new Item(row.Number, row.At, people.Of(details[row.EventId]?.By), row.From, row.To,
            details[row.EventId]?.Reason, row.Status, row.AnsweredAt))], page.Next));
    }
}
