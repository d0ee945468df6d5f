using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Contracts.Directory;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Organisation;

/// <summary>
/// Gives a position its primary keyword, or takes it away, now or from an instant on (DIR-4; BJN 8(6), 12(1)a). What was entered ahead for the primary word is
/// cancelled: the latest word of the Administrator counts.
/// </summary>
public static class SetKeyword
{
    // Null takes it away; left out, by a slip of the pen, it does not.
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Organisation.Keyword.LongestAsWritten)][property: JsonRequired] string? Keyword,
        [InOurTime] DateTimeOffset? From = null,
        bool KeepOldAsAlias = false,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPut("/positions/{id:guid}/keyword", HandleAsync).WithName(nameof(SetKeyword)).ShowsCurrent(ListPositions.ToItem);

    internal static async Task<Results<Ok<ListPositions.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var (keyword, problem) = request.Keyword is null ? (null, null) : Keyword.Read(request.Keyword);
        if (problem is not null)
            return Problems.Invalid("keyword", problem);
        var now = db.EffectiveNow;
        var from = request.From?.ToUniversalTime() ?? now;
        if (from < now)
            return Problems.Invalid("from", "date-past");
        if (await db.Positions.SingleOrDefaultAsync(position => position.Id == id, stop) is not { } position)
            return Problems.NotFound();
        if (position.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (position.ClosedAt is not null)
            return Problems.Conflict("position-closed");

        var old = position.KeywordAt(from);
        if (keyword is null)
            position.Release(word => word.Kind == KeywordKind.Primary, from, db.Rest.Keyword);
        else
            position.Give(keyword, KeywordKind.Primary, from, db.Rest.Keyword);
        if (request.KeepOldAsAlias && old is not null && old != keyword)
            position.Give(old, KeywordKind.Alias, from, db.Rest.Keyword);
        position.Version++;
        db.Publish(position.Id, caller.Actor, position.Changed(now));
        db.Write(caller, nameof(SetKeyword), ("Position", position.Id), new { Keyword = old }, new { Keyword = keyword, From = from, request.KeepOldAsAlias }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Keyword.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Keyword.ProblemOf(failure)!);
        }

        return TypedResults.Ok(await db.Positions.Where(edited => edited.Id == id).Select(ListPositions.ToItem(now)).SingleAsync(stop));
    }
}
