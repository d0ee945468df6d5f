using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using InboundSms.Inbox;
using InboundSms.Resources;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace InboundSms.History;

/// <summary>All that happened to a case, and where each second of its clock went (BJN 13).</summary>
internal static class GetHistory
{
    /// <param name="Place">Where the case lay.</param>
    /// <param name="Keyword">Of the position.</param>
    /// <param name="Position">Its title.</param>
    /// <param name="From">First instant.</param>
    /// <param name="To">First instant that no longer counts; now, while the clock runs.</param>
    /// <param name="Seconds">The seconds of all segments are those of the clock.</param>
    /// <param name="Text">The same for people.</param>
    public sealed record Segment(CasePlace Place, string? Keyword, string? Position, DateTimeOffset From, DateTimeOffset To, long Seconds, string Text);

    /// <param name="Id">Of the event.</param>
    /// <param name="At">When.</param>
    /// <param name="Kind">What happened.</param>
    /// <param name="Actor">Who did it, by name; an account that belongs to no official by its id.</param>
    /// <param name="Post">What he held at the time.</param>
    /// <param name="OfficialId">Who did it, if an official.</param>
    /// <param name="Details">Ids, codes, a reason; null when there are none, or the law had them erased.</param>
    public sealed record Item(Guid Id, DateTimeOffset At, string Kind, string Actor, string? Post, Guid? OfficialId, JsonElement? Details);

    /// <param name="CaseNumber">Told to people.</param>
    /// <param name="ReceivedAt">The legal clock started here.</param>
    /// <param name="StoppedAt">The first answer, or the decision that none is due; null while the clock runs.</param>
    /// <param name="ElapsedSeconds">What the legal clock shows.</param>
    /// <param name="Segments">Oldest first, without gap or overlap.</param>
    /// <param name="Items">Events, newest first.</param>
    /// <param name="Next">The cursor of the next page, null on the last one.</param>
    public sealed record Response(
        long CaseNumber, DateTimeOffset ReceivedAt, DateTimeOffset? StoppedAt, long ElapsedSeconds, IReadOnlyList<Segment> Segments, IReadOnlyList<Item> Items, string? Next);

    // Few in the life of a case, and all by people; whoever makes more is not told where the case lay in between.
    private const int MostMoves = 1000;

    private static readonly CaseEventKind[] Moves = [CaseEventKind.Opened, CaseEventKind.Assigned, CaseEventKind.Forwarded, CaseEventKind.SetAside, CaseEventKind.SetAsideUndone];

    public static void Map(RouteGroupBuilder messages) => messages.MapGet("/{id:guid}/history", Handle)
        .WithName(nameof(GetHistory)).WithSummary("All that happened to the case of a message, newest first, and where its time went")
        .RequirePermission(Permissions.ReadMessages).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, [StringLength(64)] string? cursor, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var now = clock.GetUtcNow();
        if (await db.ReadableBy(user, now).AsNoTracking()
            .SingleOrDefaultAsync(c => db.CaseMessages.Any(m => m.MessageId == id && m.CaseId == c.Id), stop) is not { } smsCase)
            return Problems.NotFound();

        var rows = await (
            from happened in db.CaseEvents
            where happened.CaseId == smsCase.Id && (happened.At < before || (happened.At == before && happened.Id.CompareTo(beforeId) < 0))
            orderby happened.At descending, happened.Id descending
            select new Row(happened.Id, happened.At, happened.Kind, happened.Actor, happened.Content!.Details)).Take(Paging.PageSize + 1).ToListAsync(stop);
        var moves = await (
            from happened in db.CaseEvents
            where happened.CaseId == smsCase.Id && Moves.Contains(happened.Kind)
            orderby happened.At, happened.Id
            select new Row(happened.Id, happened.At, happened.Kind, happened.Actor, happened.Content!.Details)).Take(MostMoves).ToListAsync(stop);

        var stoppedAt = smsCase.AnsweredAt ?? (smsCase.Status == CaseStatus.SetAside ? moves.FindLast(move => move.Kind == CaseEventKind.SetAside)?.At : null);
        var end = stoppedAt ?? (now > smsCase.ReceivedAt ? now : smsCase.ReceivedAt);
        var segments = ClockSegments.Of(smsCase.ReceivedAt, end, PlacesOf(moves));
        var titles = await TitlesAsync(db, segments, stop);
        var page = Paging.PageOf(rows, last => Paging.Cursor(last.At, last.Id));
        var people = await db.ActorsAsync([.. page.Items.Select(row => row.OfficialId).OfType<Guid>().Distinct()], stop);
        return TypedResults.Ok(new Response(smsCase.Number, smsCase.ReceivedAt, stoppedAt, SecondsSince(smsCase.ReceivedAt, end),
            [.. segments.Select(segment => Show(segment, smsCase.ReceivedAt, titles))],
            [.. page.Items.Select(row => new Item(row.Id, row.At, row.Kind.ToString(),
                row.Actor == Outbox.System ? InboundSmsTexts.SystemActor : people.NameOf(row.OfficialId) ?? row.Actor, people.PostOf(row.OfficialId, row.At), row.OfficialId, row.Json))], page.Next));
    }

    /// <summary>The event as it is stored.</summary>
    internal sealed record Row(Guid Id, DateTimeOffset At, CaseEventKind Kind, string Actor, string? Details)
    {
        public JsonElement? Json { get; } = Details is null ? null : JsonElement.Parse(Details);

        public Guid? OfficialId => IdOf(CaseHistory.By) ?? (Kind == CaseEventKind.Answered ? IdOf("officialId") : null);

        public Guid? IdOf(string name) => Json is { } json && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetGuid(out var id) ? id : null;

        public string? TextOf(string name) => Json is { } json && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <summary>What comes back from being set aside is where it was.</summary>
    private static IEnumerable<Placed> PlacesOf(IEnumerable<Row> moves)
    {
        var last = new Placed(default, CasePlace.Tray);
        foreach (var move in moves)
        {
            yield return move.Kind switch
            {
                CaseEventKind.SetAside => new(move.At, CasePlace.SetAside),
                CaseEventKind.SetAsideUndone => last = last with { At = move.At },
                _ when move.IdOf("positionId") is { } position => last = new(move.At, CasePlace.Position, position, move.TextOf("keyword")),
                _ => last = new(move.At, CasePlace.Tray),
            };
        }
    }

    /// <summary>Whole seconds since the receipt at both ends, so that nothing is lost by rounding each.</summary>
    private static Segment Show(ClockSegment segment, DateTimeOffset receivedAt, IReadOnlyDictionary<Guid, string> titles)
    {
        var seconds = SecondsSince(receivedAt, segment.To) - SecondsSince(receivedAt, segment.From);
        var title = segment.Where.PositionId is { } position ? titles.GetValueOrDefault(position) : null;
        return new(segment.Where.Place, segment.Where.Keyword, title, segment.From, segment.To, seconds,
            InboundSmsTexts.ClockSegment(segment.Where.Place, segment.Where.Keyword ?? title, seconds));
    }

    private static long SecondsSince(DateTimeOffset start, DateTimeOffset at) => (long)Math.Floor((at - start).TotalSeconds);

    private static async Task<Dictionary<Guid, string>> TitlesAsync(InboundSmsDb db, IEnumerable<ClockSegment> segments, CancellationToken stop)
    {
        var ids = segments.Select(segment => segment.Where.PositionId).OfType<Guid>().Distinct().ToList();
        return await db.Positions.Where(position => ids.Contains(position.Id)).ToDictionaryAsync(position => position.Id, position => position.Title, stop);
    }
}
