using System.ComponentModel.DataAnnotations;
using System.Data;
using System.Security.Claims;
using System.Text.RegularExpressions;
using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>The caller's inbox, case by case (BJN 12(3), 12(4)).</summary>
internal static partial class ListMessages
{
    // A number belongs into no address: it would stand in the logs of whatever lies between. SearchByNumber takes it.
    [GeneratedRegex(@"(\d[\s.()/-]*){7}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    public static void Map(RouteGroupBuilder messages) => messages.MapGet("/", Handle)
        .WithName(nameof(ListMessages)).WithSummary("The caller's inbox, newest or most urgent first; the secretariat sees all")
        .RequirePermission(Permissions.ReadMessages).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<InboxItem>>, ProblemHttpResult>> Handle(
        [StringLength(20)] string? status,
        [StringLength(20)] string? @class,
        [StringLength(20)] string? priority,
        [StringLength(20)] string? channel,
        [StringLength(16), RegularExpression("^[A-Za-z0-9]*$")] string? keyword,
        [StringLength(100, MinimumLength = 2), RegularExpression(@"^\P{C}*$")] string? words,
        [Range(1, 9_999_999_999)] long? caseNumber,
        Guid? unit,
        bool? mine,
        bool? overdue,
        [StringLength(40)] string? from,
        [StringLength(40)] string? to,
        [StringLength(20)] string? sort,
        [StringLength(64)] string? cursor,
        ClaimsPrincipal user, InboundSmsDb db, IOptions<AnsweringOptions> answering, CaseClocks clocks, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        if (!TryReadName<CaseStatus>(status, out var wanted))
            return Problems.Invalid(nameof(status), "case-status");
        if (!TryReadName<MessageClass>(@class, out var said))
            return Problems.Invalid(nameof(@class), "value");
        if (!TryReadName<Priority>(priority, out var urgency))
            return Problems.Invalid(nameof(priority), "value");
        if (!TryReadName<CaseChannel>(channel, out var way))
            return Problems.Invalid(nameof(channel), "value");
        if (!TryReadName<InboxSort>(sort, out var order))
            return Problems.Invalid(nameof(sort), "value");
        if (!city.TryRead(from, out var first))
            return Problems.Invalid(nameof(from), "value");
        if (!city.TryRead(to, out var end))
            return Problems.Invalid(nameof(to), "value");
        if (!Paging.TryReadCursor(cursor, out var time, out var id))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (words is not null && Number().IsMatch(words))
            return Problems.Invalid(nameof(words), "number-in-address");
        if (unit is not null && !await db.Units.AnyAsync(one => one.Id == unit, stop))
            return Problems.Invalid(nameof(unit), "unit-unknown");

        var now = clock.GetUtcNow();
        Guid? handler = mine is true ? user.HasOfficial ? user.OfficialId : Guid.Empty : null;
        var criteria = new InboxCriteria(wanted, said, urgency, way, keyword?.ToUpperInvariant() is { Length: > 0 } only ? only : null, words, caseNumber, unit, handler, overdue is true,
            first, end, order ?? InboxSort.Newest);
        return TypedResults.Ok(await PageAsync(db, user, criteria, string.IsNullOrEmpty(cursor) ? null : (time, id), new(), answering.Value, clocks, now, stop));
    }

    internal static async Task<Page<InboxItem>> PageAsync(
        InboundSmsDb db, ClaimsPrincipal user, InboxCriteria criteria, (DateTimeOffset, Guid)? after, WordBounds bounds, AnsweringOptions answering, CaseClocks clocks,
        DateTimeOffset now, CancellationToken stop)
    {
        string CursorOf(InboxItem last) => InboxQuery.CursorOf(InboxQuery.PlaceOf(criteria.Sort, last.ReceivedAt, last.DueAt, last.Priority, last.Id));
        if (criteria.Words is not { } words)
            return Paging.PageOf(await db.Page(user, criteria, after, now).ToItemsAsync(db, answering, clocks, now, stop), CursorOf);
        // Of one moment: what is found in several questions. How common words are decides the way to them: they must be known when a statement is planned.
        await using var moment = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        await db.Database.ExecuteSqlAsync($"set local plan_cache_mode = force_custom_plan", stop);
        var found = await db.FindAsync(user, words, criteria, after, bounds, now, stop);
        var page = Paging.PageOf(await db.Among(found.Cases, criteria, after, now).ToItemsAsync(db, answering, clocks, now, stop), CursorOf);
        return found.GoesOn is { } place && page.Next is null ? page with { Next = InboxQuery.CursorOf(place) } : page;
    }

    private static bool TryReadName<TEnum>(string? written, out TEnum? value)
        where TEnum : struct, Enum
    {
        var isName = Enum.TryParse<TEnum>(written, ignoreCase: true, out var parsed) && written!.All(char.IsAsciiLetter);
        value = isName ? parsed : null;
        return isName || string.IsNullOrEmpty(written);
    }
}
