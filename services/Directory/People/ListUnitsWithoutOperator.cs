using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>Units whose head has still to appoint an operator (DIR-3), in the order of their codes.</summary>
public static class ListUnitsWithoutOperator
{
    public sealed record Item(Guid Id, string Code, string Name);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/units/without-operator", HandleAsync).WithName(nameof(ListUnitsWithoutOperator));

    private static async Task<Ok<Page<Item>>> HandleAsync(
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, TimeProvider clock, CancellationToken stop)
    {
        var items = await Of(db, clock.GetUtcNow()).Where(unit => cursor == null || unit.Code.CompareTo(cursor) > 0)
            .OrderBy(unit => unit.Code).Take(Paging.PageSize + 1).Select(unit => new Item(unit.Id, unit.Code, unit.Name)).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => item.Code));
    }

    internal static IQueryable<OrganizationUnit> Of(DirectoryDb db, DateTimeOffset at)
    {
        var operators = db.OperatorsAt(at);
        return db.Units.Where(unit => unit.ClosedAt == null && !operators.Any(appointed => appointed.UnitId == unit.Id));
    }
}

/// <summary>Counts them for the ops team.</summary>
internal sealed class WatchOperators(IServiceScopeFactory scopes, IMeterFactory meters, TimeProvider clock, ILogger<WatchOperators> log) : BackgroundService
{
    private long _without;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        meters.Create(Telemetry.Name).CreateObservableGauge("platform.directory.units_without_operator", () => Interlocked.Read(ref _without), "{unit}",
            "Units whose head has still to appoint an operator");
        return Rounds.RunAsync(TimeSpan.FromSeconds(10), clock, log, async stop =>
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
            Interlocked.Exchange(ref _without, await ListUnitsWithoutOperator.Of(db, clock.GetUtcNow()).LongCountAsync(stop));
        }, stoppingToken);
    }
}
