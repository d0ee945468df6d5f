using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Organisation;

/// <summary>Renames a post, grades it, says whether it signs documents, or moves it to another unit (DIR-1). What the request leaves out stays. A closed post only moves: to the unit that answers for it.</summary>
public static class EditPosition
{
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Spelling.LongestName, MinimumLength = 1), RegularExpression(Spelling.Name)] string? Title = null,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? UnitCode = null,
        [StringLength(Spelling.LongestGrade), RegularExpression(Spelling.Name)] string? Grade = null,
        bool? SignsDocuments = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPatch("/positions/{id:guid}", HandleAsync).WithName(nameof(EditPosition)).ShowsCurrent(ListPositions.ToItem);

    internal static async Task<Results<Ok<ListPositions.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Positions.SingleOrDefaultAsync(position => position.Id == id, stop) is not { } position)
            return Problems.NotFound();
        if (position.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (position.ClosedAt is not null && ((request.Title ?? request.Grade) is not null || request.SignsDocuments is not null))
            return Problems.Conflict("position-closed");
        var unit = request.UnitCode is null ? null : await db.Units.AsNoTracking().SingleOrDefaultAsync(unit => unit.Code == request.UnitCode, stop);
        if (unit is null && request.UnitCode is not null)
            return Problems.Invalid("unitCode", "unit-unknown");

        if (unit?.ClosedAt is not null)
            return Problems.Invalid("unitCode", "unit-closed");
        // In a merger one of the two is closed by the plan's next step.
        if (unit is not null && unit.Id != position.UnitId && position is { Kind: PositionKind.HeadOfUnit, ClosedAt: null } && db.EffectiveAt is null
            && await db.Positions.AnyAsync(head => head.UnitId == unit.Id && head.Kind == PositionKind.HeadOfUnit && head.ClosedAt == null, stop))
            return Problems.Conflict("post-taken");

        var unitBefore = await db.Units.Where(own => own.Id == position.UnitId).Select(own => own.Code).SingleAsync(stop);
        var before = new { position.Title, position.Grade, position.SignsDocuments, UnitCode = unitBefore };
        position.Title = request.Title?.Trim() ?? position.Title;
        position.Grade = request.Grade?.Trim() ?? position.Grade;
        position.SignsDocuments = request.SignsDocuments ?? position.SignsDocuments;
        position.UnitId = unit?.Id ?? position.UnitId;
        if (db.Entry(position).State == EntityState.Unchanged)
            return TypedResults.Ok(await db.Positions.Where(same => same.Id == id).Select(ListPositions.ToItem(db.EffectiveNow)).SingleAsync(stop));
        position.Version++;
        db.Publish(position.Id, caller.Actor, position.Changed(db.EffectiveNow));
        db.Write(caller, nameof(EditPosition), ("Position", position.Id), before,
            new { position.Title, position.Grade, position.SignsDocuments, UnitCode = unit?.Code ?? unitBefore }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.UnitOpen))
        {
            return Problems.Invalid("unitCode", "unit-closed");
        }

        return TypedResults.Ok(await db.Positions.Where(edited => edited.Id == id).Select(ListPositions.ToItem(db.EffectiveNow)).SingleAsync(stop));
    }
}
