using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Directory.Organisation;

/// <summary>Gives a position its keyword, or takes it away (DIR-4; BJN 8(6), 12(1)a).</summary>
public static class SetKeyword
{
    // Null takes it away; left out, by a slip of the pen, it does not.
    public sealed record Request(
        [Required] long? Version,
        [StringLength(64)][property: JsonRequired] string? Keyword,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPut("/positions/{id:guid}/keyword", HandleAsync).WithName(nameof(SetKeyword));

    internal static async Task<Results<Ok<ListPositions.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var (keyword, problem) = request.Keyword is null ? (null, null) : Keyword.Read(request.Keyword);
        if (problem is not null)
            return Problems.Invalid("keyword", problem);
        if (await db.Positions.SingleOrDefaultAsync(position => position.Id == id, stop) is not { } position)
            return Problems.NotFound();
        if (position.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (position.ClosedAt is not null)
            return Problems.Conflict("position-closed");

        var before = new { position.Keyword };
        position.Keyword = keyword;
        position.Version++;
        db.Publish(position.Id, caller.Actor, position.Changed());
        db.Write(caller, nameof(SetKeyword), ("Position", position.Id), before, new { position.Keyword }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.PositionKeyword))
        {
            return Problems.Conflict("keyword-taken");
        }

        return TypedResults.Ok(await db.Positions.Where(edited => edited.Id == id).Select(ListPositions.ToItem).SingleAsync(stop));
    }
}
