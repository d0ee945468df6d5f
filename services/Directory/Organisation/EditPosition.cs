using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Directory.Organisation;

/// <summary>Renames a post or moves it to another unit (DIR-1). What the request leaves out stays.</summary>
public static class EditPosition
{
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Spelling.LongestName, MinimumLength = 1), RegularExpression(Spelling.Name)] string? Title = null,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? UnitCode = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPatch("/positions/{id:guid}", HandleAsync).WithName(nameof(EditPosition));

    private static async Task<Results<Ok<ListPositions.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Positions.SingleOrDefaultAsync(position => position.Id == id, stop) is not { } position)
            return Problems.NotFound();
        if (position.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        var unit = request.UnitCode is null ? null : await db.Units.AsNoTracking().SingleOrDefaultAsync(unit => unit.Code == request.UnitCode, stop);
        if (unit is null && request.UnitCode is not null)
            return Problems.Invalid("unitCode", "unit-unknown");

        var before = new { position.Title, position.UnitId };
        position.Title = request.Title?.Trim() ?? position.Title;
        position.UnitId = unit?.Id ?? position.UnitId;
        position.Version++;
        db.Publish(position.Id, caller.Actor, position.Changed());
        db.Write(caller, nameof(EditPosition), ("Position", position.Id), before, new { position.Title, position.UnitId });
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(await db.Positions.Where(edited => edited.Id == id).Select(ListPositions.ToItem).SingleAsync(stop));
    }
}
