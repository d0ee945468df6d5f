using System.ComponentModel.DataAnnotations;
using Contracts.Directory;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Portal;

/// <summary>The units of the city and what to know of their service (SMS-13, SPBE 24(4)), for everybody.</summary>
internal static class ListPublicUnits
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(90);

    /// <param name="Code">Of the unit.</param>
    /// <param name="Name">Of the unit.</param>
    /// <param name="Keywords">First words of an SMS that reach it.</param>
    /// <param name="HasServiceInformation">More is told of it.</param>
    public sealed record Item(string Code, string Name, IReadOnlyList<string> Keywords, bool HasServiceInformation);

    /// <param name="Id">Of the unit.</param>
    /// <param name="Code">Its code.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Keywords">First words of an SMS that reach it.</param>
    /// <param name="ServiceInformation">Null while it has told nothing.</param>
    /// <param name="ResponseTime">Of the last 90 days, computed; null if nothing came in.</param>
    public sealed record Unit(
        Guid Id, string Code, string Name, IReadOnlyList<string> Keywords, ServiceTexts? ServiceInformation, ResponseTimes.Item? ResponseTime);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/publik/api/units", Handle).WithName(nameof(ListPublicUnits)).WithTags("Public").WithSummary("The units of the city, in the order of their codes")
            .ProducesValidationProblem().RequirePermission(Permissions.Anybody).CachedPublicly(seconds: 60);
        app.MapGet("/publik/api/units/{code}", HandleOne).WithName("GetPublicUnit").WithTags("Public").WithSummary("What to know of a unit's service")
            .ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(Permissions.Anybody).CachedPublicly(seconds: 60);
    }

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        [StringLength(64), RegularExpression(@"^\P{C}*$")] string? cursor, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var units = await db.Units.Where(unit => unit.ClosedAt == null && (cursor == null || unit.Code.CompareTo(cursor) > 0))
            .OrderBy(unit => unit.Code).Take(Paging.PageSize + 1)
            .Select(unit => new { unit.Id, unit.Code, unit.Name, HasInformation = db.ServiceInformation.Any(of => of.Id == unit.Id) })
            .ToListAsync(stop);
        var keywords = await KeywordsAsync(db, [.. units.Select(unit => unit.Id)], now, stop);
        return TypedResults.Ok(Paging.PageOf([.. units.Select(unit => new Item(unit.Code, unit.Name, [.. keywords[unit.Id]], unit.HasInformation))], last => last.Code));
    }

    internal static async Task<Results<Ok<Unit>, ProblemHttpResult>> HandleOne(
        [StringLength(64), RegularExpression(@"^\P{C}*$")] string code, InboundSmsDb db, ResponseTimes times, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await db.Units.SingleOrDefaultAsync(unit => unit.Code == code && unit.ClosedAt == null, stop) is not { } found)
            return Problems.NotFound();
        var texts = await db.ServiceInformation.Where(of => of.Id == found.Id).Select(ServiceTexts.Of).SingleOrDefaultAsync(stop);
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var recent = await times.OfAsync(today - Recent, today.AddDays(1), stop);
        return TypedResults.Ok(new Unit(found.Id, found.Code, found.Name, [.. (await KeywordsAsync(db, [found.Id], now, stop))[found.Id]], texts,
            recent.SingleOrDefault(item => item.UnitCode == code)));
    }

    private static async Task<ILookup<Guid, string>> KeywordsAsync(InboundSmsDb db, List<Guid> units, DateTimeOffset now, CancellationToken stop) => (await (
        from keyword in db.Keywords
        join position in db.Positions on keyword.PositionId equals position.Id
        where units.Contains(position.UnitId) && keyword.Kind == KeywordKind.Primary && keyword.ValidFrom <= now && (keyword.ValidTo == null || now < keyword.ValidTo)
        orderby keyword.Word
        select new { position.UnitId, keyword.Word }).ToListAsync(stop)).ToLookup(keyword => keyword.UnitId, keyword => keyword.Word);
}
