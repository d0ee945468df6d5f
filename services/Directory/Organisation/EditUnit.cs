using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Organisation;

/// <summary>Renames a unit or hangs it below another one (DIR-1). What the request leaves out stays.</summary>
public static class EditUnit
{
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Spelling.LongestName, MinimumLength = 1), RegularExpression(Spelling.Name)] string? Name = null,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? ParentCode = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPatch("/units/{id:guid}", HandleAsync).WithName(nameof(EditUnit)).ShowsCurrent(ListUnits.ToItem);

    internal static async Task<Results<Ok<ListUnits.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Units.SingleOrDefaultAsync(unit => unit.Id == id, stop) is not { } unit)
            return Problems.NotFound();
        if (unit.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (unit.ClosedAt is not null)
            return Problems.Conflict("unit-closed");
        var parent = request.ParentCode is null ? null : await db.Units.AsNoTracking().SingleOrDefaultAsync(above => above.Code == request.ParentCode, stop);
        if (parent is null && request.ParentCode is not null)
            return Problems.Invalid("parentCode", "unit-unknown");

        var before = new { unit.Name, ParentCode = await db.Units.Where(above => above.Id == unit.ParentId).Select(above => above.Code).SingleOrDefaultAsync(stop) };
        unit.Name = request.Name?.Trim() ?? unit.Name;
        unit.ParentId = parent?.Id ?? unit.ParentId;
        if (db.Entry(unit).State == EntityState.Unchanged)
            return TypedResults.Ok(await db.Units.Where(same => same.Id == id).Select(ListUnits.ToItem).SingleAsync(stop));
        unit.Version++;
        db.Publish(unit.Id, caller.Actor, unit.Changed());
        db.Write(caller, nameof(EditUnit), ("Unit", unit.Id), before, new { unit.Name, ParentCode = parent?.Code ?? before.ParentCode }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.UnitTree))
        {
            return Problems.Conflict("unit-below-itself");
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.UnitOpen))
        {
            return Problems.Invalid("parentCode", "unit-closed");
        }

        return TypedResults.Ok(await db.Units.Where(edited => edited.Id == id).Select(ListUnits.ToItem).SingleAsync(stop));
    }
}
