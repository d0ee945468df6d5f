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
/// Officials leave one position for another at one instant, by one decree, reported before it happens (DIR-6; BJN 12(1)d, KOR 10g). All or none, so that two can change
/// places. The new positions they hold definitively.
/// </summary>
public static class TransferOfficials
{
    public sealed record Request(
        [Required, InOurTime] DateTimeOffset? At,
        [Required, Length(1, 100)] IReadOnlyList<Transfer?> Transfers,
        [StringLength(Holding.LongestOrderNumber, MinimumLength = 1), RegularExpression(Spelling.Name)] string? OrderNumber = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    /// <param name="AssignmentId">What ends.</param>
    /// <param name="Version">Of that assignment.</param>
    /// <param name="PositionCode">What begins.</param>
    public sealed record Transfer(
        [Required] Guid? AssignmentId,
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string PositionCode);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/transfers", HandleAsync).WithName(nameof(TransferOfficials))
        .ShowsCurrent<Request, Assignment, ListAssignments.Item>(
            request => request.Transfers.Select(transfer => transfer?.AssignmentId ?? Guid.Empty), ListAssignments.ToItem);

    private static async Task<Results<Ok<IReadOnlyList<ListAssignments.Item>>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var (ids, codes) = (request.Transfers.Select(transfer => transfer?.AssignmentId).ToList(), request.Transfers.Select(transfer => transfer?.PositionCode).ToList());
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        await Holding.LockPositionsAsync(db, db.Positions.Where(position => codes.Contains(position.Code)).Select(position => position.Id)
            .Union(db.Assignments.Where(assignment => ids.Contains(assignment.Id)).Select(assignment => assignment.PositionId)), stop);
        var begun = new List<Guid>();
        foreach (var (index, transfer) in request.Transfers.Index())
        {
            var (next, problem) = await MoveAsync(request, transfer, $"transfers[{index}]", caller, db, stop);
            if (next is null)
                return problem!;
            begun.Add(next.Id);
        }

        try
        {
            await db.SaveChangesAsync(stop);
            await transaction.CommitAsync(stop);
        }
        catch (DbUpdateException failure) when (Holding.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Holding.ProblemOf(failure)!);
        }

        return TypedResults.Ok<IReadOnlyList<ListAssignments.Item>>(
            await db.Assignments.Where(assignment => begun.Contains(assignment.Id)).OrderBy(assignment => assignment.Id).Select(ListAssignments.ToItem).ToListAsync(stop));
    }

    private static async Task<(Assignment? Next, ProblemHttpResult? Problem)> MoveAsync(
        Request request, Transfer? transfer, string path, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var at = request.At!.Value;
        if (transfer is null)
            return (null, Problems.Invalid(path, "empty"));
        if (await db.Assignments.SingleOrDefaultAsync(assignment => assignment.Id == transfer.AssignmentId, stop) is not { } old)
            return (null, Problems.Invalid($"{path}.assignmentId", "assignment-unknown"));
        if (old.Version != transfer.Version)
            return (null, Problems.Conflict("changed-meanwhile"));
        if (at <= old.HeldFrom || at > old.HeldTo)
            return (null, Problems.Invalid("at", "transfer-at"));
        if (await db.Positions.AsNoTracking().SingleOrDefaultAsync(position => position.Code == transfer.PositionCode && position.Id != old.PositionId, stop)
            is not { } position)
            return (null, Problems.Invalid($"{path}.positionCode", "position-unknown"));

        var next = new Assignment { OfficialId = old.OfficialId, PositionId = position.Id, HeldFrom = at, OrderNumber = request.OrderNumber?.Trim() };
        var before = new { To = old.HeldTo };
        old.End(at);
        await AssignOfficial.EndInterimAsync(db, caller, position.Id, at, stop);
        db.Add(next);
        db.Publish(old.PositionId, caller.Actor, old.Changed());
        db.Publish(next.PositionId, caller.Actor, next.Changed());
        db.Write(caller, nameof(TransferOfficials), ("Assignment", old.Id), before, new { To = at, transfer.PositionCode }, request.Reason);
        db.Write(caller, nameof(TransferOfficials), ("Assignment", next.Id), null,
            new { transfer.PositionCode, From = at, next.OrderNumber, Instead = old.Id }, request.Reason);
        return (next, null);
    }
}
