using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Directory.People;

/// <summary>An official takes a position, now or from an instant on (DIR-1). It has one definitive holder at a time: the database refuses a second.</summary>
public static class AssignOfficial
{
    public sealed record Request(
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string EmployeeNumber,
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string PositionCode,
        DateTimeOffset? From = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/assignments", HandleAsync).WithName(nameof(AssignOfficial));

    private static async Task<Results<Created<ListAssignments.Item>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.Officials.AsNoTracking().SingleOrDefaultAsync(official => official.EmployeeNumber == request.EmployeeNumber, stop) is not { } official)
            return Problems.Invalid("employeeNumber", "official-unknown");
        if (await db.Positions.AsNoTracking().SingleOrDefaultAsync(position => position.Code == request.PositionCode, stop) is not { } position)
            return Problems.Invalid("positionCode", "position-unknown");

        var assignment = new Assignment
        {
            OfficialId = official.Id,
            PositionId = position.Id,
            HeldFrom = (request.From ?? clock.GetUtcNow()).ToUniversalTime(),
        };
        db.Add(assignment);
        db.Publish(assignment.PositionId, caller.Actor, assignment.Changed());
        db.Write(caller, nameof(AssignOfficial), ("Assignment", assignment.Id), null,
            new { request.EmployeeNumber, request.PositionCode, From = assignment.HeldFrom });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.OneHolder))
        {
            return Problems.Conflict("position-held");
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.PositionOpen))
        {
            return Problems.Invalid("positionCode", "position-closed");
        }

        return TypedResults.Created($"/api/directory/assignments?positionCode={position.Code}",
            await db.Assignments.Where(added => added.Id == assignment.Id).Select(ListAssignments.ToItem).SingleAsync(stop));
    }
}
