using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>
/// Says when an official stops holding a position; may lie ahead (BJN 12(1)d: reported before it happens). The row stays as history (DIR-1).
/// </summary>
public static class EndAssignment
{
    public sealed record Request(
        [Required] long? Version,
        [Required, InOurTime] DateTimeOffset? To,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/assignments/{id:guid}/end", HandleAsync).WithName(nameof(EndAssignment)).ShowsCurrent(ListAssignments.ToItem);

    private static async Task<Results<Ok<ListAssignments.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Assignments.SingleOrDefaultAsync(assignment => assignment.Id == id, stop) is not { } assignment)
            return Problems.NotFound();
        if (assignment.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (request.To <= assignment.HeldFrom)
            return Problems.Invalid("to", "assignment-end");

        var before = new { To = assignment.HeldTo };
        assignment.HeldTo = request.To!.Value.ToUniversalTime();
        assignment.Version++;
        db.Publish(assignment.PositionId, caller.Actor, assignment.Changed());
        db.Write(caller, nameof(EndAssignment), ("Assignment", assignment.Id), before, new { To = assignment.HeldTo }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Holding.ProblemOf(failure) is not null)
        {
            // A later end than before can run into the successor.
            return Problems.Conflict(Holding.ProblemOf(failure)!);
        }

        return TypedResults.Ok(await db.Assignments.Where(ended => ended.Id == id).Select(ListAssignments.ToItem).SingleAsync(stop));
    }
}
