using System.ComponentModel.DataAnnotations;
using Contracts.Directory;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Directory.People;

/// <summary>
/// An official takes a position, now or from an instant on (DIR-1), as its definitive or its acting holder. It has one of each at a time: the database refuses a second.
/// A definitive holder ends a Plt. or Pj., who was there until there would be one.
/// </summary>
public static class AssignOfficial
{
    public sealed record Request(
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string EmployeeNumber,
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string PositionCode,
        [InOurTime] DateTimeOffset? From = null,
        [InOurTime] DateTimeOffset? To = null,
        AssignmentKind Kind = AssignmentKind.Definitive,
        [StringLength(Holding.LongestOrderNumber, MinimumLength = 1), RegularExpression(Spelling.Name)] string? OrderNumber = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/assignments", HandleAsync).WithName(nameof(AssignOfficial));

    private static async Task<Results<Created<ListAssignments.Item>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var from = (request.From ?? db.EffectiveNow).ToUniversalTime();
        if (request.To <= from)
            return Problems.Invalid("to", "assignment-end");
        if (request.Kind != AssignmentKind.Definitive && request.OrderNumber is null)
            return Problems.Invalid("orderNumber", "order-number-missing");
        if (await db.Officials.AsNoTracking().SingleOrDefaultAsync(official => official.EmployeeNumber == request.EmployeeNumber, stop) is not { } official)
            return Problems.Invalid("employeeNumber", "official-unknown");
        if (await db.Positions.AsNoTracking().SingleOrDefaultAsync(position => position.Code == request.PositionCode, stop) is not { } position)
            return Problems.Invalid("positionCode", "position-unknown");

        var assignment = new Assignment
        {
            OfficialId = official.Id,
            PositionId = position.Id,
            Kind = request.Kind,
            HeldFrom = from,
            HeldTo = request.To?.ToUniversalTime(),
            OrderNumber = request.OrderNumber?.Trim(),
        };
        if (assignment.Kind == AssignmentKind.Definitive)
            await EndInterimAsync(db, caller, position.Id, from, stop);
        db.Add(assignment);
        db.Publish(assignment.PositionId, caller.Actor, assignment.Changed());
        db.Write(caller, nameof(AssignOfficial), ("Assignment", assignment.Id), null,
            new { request.EmployeeNumber, request.PositionCode, assignment.Kind, assignment.OrderNumber, From = from, To = assignment.HeldTo }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.PositionOpen))
        {
            return Problems.Invalid("positionCode", "position-closed");
        }
        catch (DbUpdateException failure) when (Holding.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Holding.ProblemOf(failure)!);
        }

        return TypedResults.Created($"/api/directory/assignments?positionCode={position.Code}",
            await db.Assignments.Where(added => added.Id == assignment.Id).Select(ListAssignments.ToItem).SingleAsync(stop));
    }

    /// <summary>The Plt. or Pj. of this instant ends at it.</summary>
    internal static async Task EndInterimAsync(DirectoryDb db, Caller caller, Guid positionId, DateTimeOffset at, CancellationToken stop)
    {
        var interim = await db.Assignments.SingleOrDefaultAsync(held => held.PositionId == positionId
            && (held.Kind == AssignmentKind.Plt || held.Kind == AssignmentKind.Pj) && held.HeldFrom <= at && (held.HeldTo == null || at < held.HeldTo), stop);
        if (interim is null)
            return;
        var before = new { To = interim.HeldTo };
        interim.End(at);
        db.Publish(positionId, caller.Actor, interim.Changed());
        db.Write(caller, nameof(EndAssignment), ("Assignment", interim.Id), before, new { To = interim.HeldTo });
    }
}
