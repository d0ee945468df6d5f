using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Directory.Organisation;

/// <summary>Adds a unit to the tree (DIR-1).</summary>
public static class CreateUnit
{
    public sealed record Request(
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string Code,
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? ParentCode = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/units", HandleAsync).WithName(nameof(CreateUnit));

    internal static async Task<Results<Created<ListUnits.Item>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var parent = request.ParentCode is null ? null : await db.Units.SingleOrDefaultAsync(above => above.Code == request.ParentCode, stop);
        if (parent is null && request.ParentCode is not null)
            return Problems.Invalid("parentCode", "unit-unknown");

        var unit = new OrganizationUnit { Code = request.Code, Name = request.Name.Trim(), ParentId = parent?.Id };
        db.Add(unit);
        db.Publish(unit.Id, caller.Actor, unit.Changed());
        db.Write(caller, nameof(CreateUnit), ("Unit", unit.Id), null, new { unit.Code, unit.Name, request.ParentCode }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.UnitCode))
        {
            return Problems.Conflict("code-taken");
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.UnitOpen))
        {
            return Problems.Invalid("parentCode", "unit-closed");
        }

        return TypedResults.Created($"/api/directory/units?code={unit.Code}", new ListUnits.Item(unit.Id, unit.Code, unit.Name, parent?.Code, null, unit.Version));
    }
}
