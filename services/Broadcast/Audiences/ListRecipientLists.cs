using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>Own lists of recipients, newest first; closed ones on request.</summary>
internal static class ListRecipientLists
{
    /// <param name="Id">Of the list.</param>
    /// <param name="Name">What it is called.</param>
    /// <param name="CreatedBy">Account.</param>
    /// <param name="CreatedAt">When.</param>
    /// <param name="ClosedAt">No new broadcast uses it.</param>
    /// <param name="Version">For a change; grows with its entries too.</param>
    public sealed record Item(Guid Id, string Name, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt, long Version);

    internal static readonly Expression<Func<RecipientList, Item>> ToItem = list => new(list.Id, list.Name, list.CreatedBy, list.CreatedAt, list.ClosedAt, list.Version);

    public static void Map(RouteGroupBuilder lists) => lists.MapGet("/", Handle)
        .WithName(nameof(ListRecipientLists)).WithSummary("Own lists of recipients, newest first").RequirePermission(Permissions.ReadAudiences).ProducesValidationProblem();

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(bool? includeClosed, [StringLength(64)] string? cursor, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await db.RecipientLists.AsNoTracking()
            .Where(list => (includeClosed == true || list.ClosedAt == null) && (list.CreatedAt < before || (list.CreatedAt == before && list.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(list => list.CreatedAt).ThenByDescending(list => list.Id).Select(ToItem).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.CreatedAt, last.Id)));
    }
}
