using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Copies;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>
/// An official retires, leaves or dies: all that he holds ends at one instant, reported before it happens (DIR-6; BJN 12(1)d, KOR 10g), and what was to begin later
/// is cancelled. His term as a unit's operator ends with its assignment; his sender ID is released, and so is his number
/// when the instant has come (<see cref="ReleaseContacts"/>).
/// </summary>
public static class ReleaseOfficial
{
    public sealed record Request(
        [Required] long? Version,
        [Required, InOurTime] DateTimeOffset? At,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Name)] string Reason);

    public sealed record Response(IReadOnlyList<ListAssignments.Item> Ended, long Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/officials/{id:guid}/release", HandleAsync).WithName(nameof(ReleaseOfficial))
        .ShowsCurrent<Official, ListOfficials.Item>(now => official => ListOfficials.ToItem(official, now));

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var at = request.At!.Value.ToUniversalTime();
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        await Holding.LockPositionsAsync(db, db.Assignments.Where(held => held.OfficialId == id).Select(held => held.PositionId), stop);
        if (await db.Officials.SingleOrDefaultAsync(official => official.Id == id, stop) is not { } official)
            return Problems.NotFound();
        if (official.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        var held = await db.Assignments.Where(assignment => assignment.OfficialId == id
                && (assignment.HeldTo == null || (assignment.HeldTo > at && assignment.HeldTo > assignment.HeldFrom)))
            .OrderBy(assignment => assignment.Id).ToListAsync(stop);

        foreach (var assignment in held)
        {
            var before = new { To = assignment.HeldTo };
            assignment.End(at);
            db.Publish(assignment.PositionId, caller.Actor, assignment.Changed());
            db.Write(caller, nameof(ReleaseOfficial), ("Assignment", assignment.Id), before, new { To = assignment.HeldTo }, request.Reason);
        }

        var now = db.EffectiveNow;
        var released = new { SenderId = official.SenderIdAt(at) };
        official.UseSenderId(null, at > now ? at : now, db.Rest.SenderId);
        official.Version++;
        db.Tell(official, caller.Actor, now);
        db.Write(caller, nameof(ReleaseOfficial), ("Official", official.Id), released, new { At = at, Ended = held.ConvertAll(assignment => assignment.Id) }, request.Reason);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);

        var ids = held.ConvertAll(assignment => assignment.Id);
        return TypedResults.Ok(new Response(
            await db.Assignments.Where(ended => ids.Contains(ended.Id)).OrderBy(ended => ended.Id).Select(ListAssignments.ToItem).ToListAsync(stop), official.Version));
    }
}
