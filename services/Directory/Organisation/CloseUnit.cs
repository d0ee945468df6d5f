using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Organisation;

/// <summary>Ends a unit in which nothing is open any more (DIR-6). It stays, closed for good: its code is not given again, its history is kept (DIR-1).</summary>
public static class CloseUnit
{
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/units/{id:guid}/close", HandleAsync).WithName(nameof(CloseUnit))
        .ShowsCurrent(ListUnits.ToItem);

    internal static async Task<Results<Ok<ListUnits.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Units.SingleOrDefaultAsync(unit => unit.Id == id, stop) is not { } unit)
            return Problems.NotFound();
        if (unit.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (unit.ClosedAt is not null)
            return Problems.Conflict("unit-closed");

        unit.ClosedAt = db.EffectiveNow;
        unit.Version++;
        db.Publish(unit.Id, caller.Actor, unit.Changed());
        db.Write(caller, nameof(CloseUnit), ("Unit", unit.Id), new { unit.Code, unit.Name }, new { unit.ClosedAt }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.UnitEmpty))
        {
            return Problems.Conflict("unit-not-empty");
        }

        return TypedResults.Ok(await db.Units.Where(closed => closed.Id == id).Select(ListUnits.ToItem).SingleAsync(stop));
    }
}
