using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Directory.People;

/// <summary>
/// An official leaves one position for another at one instant, reported before it happens (DIR-6; BJN 12(1)d, KOR 10g). The new one he holds definitively.
/// </summary>
public static class TransferOfficial
{
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string PositionCode,
        [Required] DateTimeOffset? At,
        [StringLength(Holding.LongestOrderNumber, MinimumLength = 1), RegularExpression(Spelling.Name)] string? OrderNumber = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/assignments/{id:guid}/transfer", HandleAsync).WithName(nameof(TransferOfficial));

    private static async Task<Results<Created<ListAssignments.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var at = request.At!.Value.ToUniversalTime();
        if (await db.Assignments.SingleOrDefaultAsync(assignment => assignment.Id == id, stop) is not { } old)
            return Problems.NotFound();
        if (old.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (at <= old.HeldFrom || at > old.HeldTo)
            return Problems.Invalid("at", "transfer-at");
        if (await db.Positions.AsNoTracking().SingleOrDefaultAsync(position => position.Code == request.PositionCode && position.Id != old.PositionId, stop)
            is not { } position)
            return Problems.Invalid("positionCode", "position-unknown");

        var next = new Assignment { OfficialId = old.OfficialId, PositionId = position.Id, HeldFrom = at, OrderNumber = request.OrderNumber?.Trim() };
        var before = new { To = old.HeldTo };
        old.End(at);
        await AssignOfficial.EndInterimAsync(db, caller, position.Id, at, stop);
        db.Add(next);
        db.Publish(old.PositionId, caller.Actor, old.Changed());
        db.Publish(next.PositionId, caller.Actor, next.Changed());
        db.Write(caller, nameof(TransferOfficial), ("Assignment", old.Id), before, new { To = at, request.PositionCode }, request.Reason);
        db.Write(caller, nameof(TransferOfficial), ("Assignment", next.Id), null,
            new { request.PositionCode, From = at, next.OrderNumber, Instead = old.Id }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Holding.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Holding.ProblemOf(failure)!);
        }

        return TypedResults.Created($"/api/directory/assignments?positionCode={position.Code}",
            await db.Assignments.Where(added => added.Id == next.Id).Select(ListAssignments.ToItem).SingleAsync(stop));
    }
}
