using System.ComponentModel.DataAnnotations;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>Who looked for citizens' numbers, newest first, for those who check what administrators do (UU 27/2022).</summary>
internal static class ListNumberSearches
{
    /// <param name="Id">Of the search.</param>
    /// <param name="At">When.</param>
    /// <param name="Actor">Account.</param>
    /// <param name="Reason">As he gave it.</param>
    /// <param name="Found">Cases that it showed; their history names him.</param>
    public sealed record Item(Guid Id, DateTimeOffset At, string Actor, string Reason, int Found);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/inbound-sms/number-searches", Handle)
        .WithName(nameof(ListNumberSearches)).WithTags("Operations").WithSummary("Who searched for a number and why, newest first")
        .RequirePermission(Permissions.ReadAuditTrail).ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle([StringLength(64)] string? cursor, InboundSmsDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var items = await db.NumberSearches
            .Where(search => search.At < before || (search.At == before && search.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(search => search.At).ThenByDescending(search => search.Id)
            .Select(search => new Item(search.Id, search.At, search.Actor, search.Reason, search.Found)).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, last => Paging.Cursor(last.At, last.Id)));
    }
}
