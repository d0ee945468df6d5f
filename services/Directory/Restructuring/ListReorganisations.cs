using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Restructuring;

/// <summary>Reorganisations, the latest instant first.</summary>
public static class ListReorganisations
{
    public sealed record Item(
        Guid Id, string Name, string Decree, DateTimeOffset EffectiveAt, ReorganisationStatus Status, DateTimeOffset? AppliedAt, ShowReorganisation.Failure? Failure,
        long Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/reorganisations", HandleAsync).WithName(nameof(ListReorganisations));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        ReorganisationStatus? status, string? cursor, DirectoryDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var from, out var id))
            return Problems.Invalid("cursor", "cursor");
        var plans = await db.Reorganisations.AsNoTracking()
            .Where(plan => (status == null || plan.Status == status)
                && (cursor == null || plan.EffectiveAt < from || (plan.EffectiveAt == from && plan.Id.CompareTo(id) < 0)))
            .OrderByDescending(plan => plan.EffectiveAt).ThenByDescending(plan => plan.Id).Take(Paging.PageSize + 1).ToListAsync(stop);
        var items = plans.ConvertAll(plan => new Item(
            plan.Id, plan.Name, plan.Decree, plan.EffectiveAt, plan.Status, plan.AppliedAt, ShowReorganisation.ToFailure(plan.FailedStep, plan.FailureCode),
            plan.Version));
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.EffectiveAt, item.Id)));
    }
}
