using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Organisation;

/// <summary>
/// Ends a post (DIR-6): its keyword is free, who holds it stops holding it, who would have come does not. With a successor it moves into the successor's unit, so
/// that access to what is left of it follows by the rule that gives a unit access to its posts.
/// </summary>
public static class ClosePosition
{
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? SuccessorCode = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/positions/{id:guid}/close", HandleAsync).WithName(nameof(ClosePosition))
        .ShowsCurrent(ListPositions.ToItem);

    internal static async Task<Results<Ok<ListPositions.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        // Under the row's lock nobody is assigned meanwhile, so that whoever stands on the post is seen here.
        if (await db.Positions.FromSql($"select * from position where id = {id} for update").SingleOrDefaultAsync(stop) is not { } position)
            return Problems.NotFound();
        if (position.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (position.ClosedAt is not null)
            return Problems.Conflict("position-closed");
        var successor = await db.Positions.AsNoTracking().SingleOrDefaultAsync(other => other.Code == request.SuccessorCode, stop);
        if (request.SuccessorCode is not null && (successor is null || successor.ClosedAt is not null || successor.Id == id))
            return Problems.Invalid("successorCode", "position-unknown");

        var at = db.EffectiveNow;
        var standing = await db.Assignments.Where(held => held.PositionId == id
            && (held.HeldTo == null || (held.HeldTo > at && held.HeldTo > held.HeldFrom))).ToListAsync(stop);
        foreach (var assignment in standing)
        {
            var before = new { To = assignment.HeldTo };
            assignment.End(at);
            db.Publish(position.Id, caller.Actor, assignment.Changed());
            db.Write(caller, nameof(ClosePosition), ("Assignment", assignment.Id), before, new { To = assignment.HeldTo }, request.Reason);
        }

        var open = new { position.Code, position.Title, Keyword = position.KeywordAt(at) };
        position.ClosedAt = at;
        position.Release(_ => true, at, db.Rest.Keyword);
        position.UnitId = successor?.UnitId ?? position.UnitId;
        position.Version++;
        db.Publish(position.Id, caller.Actor, position.Changed(at));
        db.Write(caller, nameof(ClosePosition), ("Position", position.Id), open, new { position.ClosedAt, request.SuccessorCode }, request.Reason);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(await db.Positions.Where(closed => closed.Id == id).Select(ListPositions.ToItem(at)).SingleAsync(stop));
    }
}
