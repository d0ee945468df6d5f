using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>
/// Mends what was entered wrongly: the dates, the number of the order. An end at the start says that it never took place, or cancels it before its time. The row
/// stays, what it said before stands in the audit trail (DIR-1, DIR-9).
/// </summary>
public static class CorrectAssignment
{
    // To: null is an open end; left out, by a slip of the pen, it is not.
    public sealed record Request(
        [Required] long? Version,
        [Required, InOurTime] DateTimeOffset? From,
        [InOurTime][property: JsonRequired] DateTimeOffset? To,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Name)] string Reason,
        [StringLength(Holding.LongestOrderNumber, MinimumLength = 1), RegularExpression(Spelling.Name)] string? OrderNumber = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/assignments/{id:guid}/correction", HandleAsync).WithName(nameof(CorrectAssignment))
        .ShowsCurrent(ListAssignments.ToItem);

    private static async Task<Results<Ok<ListAssignments.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (request.To < request.From)
            return Problems.Invalid("to", "assignment-end");
        if (await db.Assignments.SingleOrDefaultAsync(assignment => assignment.Id == id, stop) is not { } assignment)
            return Problems.NotFound();
        if (assignment.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");

        var before = new { From = assignment.HeldFrom, To = assignment.HeldTo, assignment.OrderNumber };
        assignment.HeldFrom = request.From!.Value.ToUniversalTime();
        assignment.HeldTo = request.To?.ToUniversalTime();
        assignment.OrderNumber = request.OrderNumber?.Trim() ?? assignment.OrderNumber;
        assignment.Version++;
        db.Publish(assignment.PositionId, caller.Actor, assignment.Changed());
        db.Write(caller, nameof(CorrectAssignment), ("Assignment", assignment.Id), before,
            new { From = assignment.HeldFrom, To = assignment.HeldTo, assignment.OrderNumber }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Holding.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Holding.ProblemOf(failure)!);
        }

        return TypedResults.Ok(await db.Assignments.Where(corrected => corrected.Id == id).Select(ListAssignments.ToItem).SingleAsync(stop));
    }
}
