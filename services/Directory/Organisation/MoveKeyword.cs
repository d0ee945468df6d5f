using System.ComponentModel.DataAnnotations;
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
/// Passes a word on to another position, as when two departments become one (BJN 12(1)d), also one that rests after its post was closed. The successor need not
/// wait: whoever writes the word from then on means him.
/// </summary>
public static class MoveKeyword
{
    /// <param name="Version">Of the position that has the word.</param>
    /// <param name="PositionCode">Who gets it.</param>
    /// <param name="Kind">What it is there; a primary one replaces the primary word there.</param>
    /// <param name="From">Now, unless given.</param>
    /// <param name="Reason">For the audit trail.</param>
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string PositionCode,
        [Required] KeywordKind? Kind,
        [InOurTime] DateTimeOffset? From = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/keywords/{id:guid}/move", HandleAsync).WithName(nameof(MoveKeyword))
        .ShowsCurrent(ListKeywords.ToItem);

    internal static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var now = db.EffectiveNow;
        var from = request.From?.ToUniversalTime() ?? now;
        if (from < now)
            return Problems.Invalid("from", "date-past");
        if (await db.Positions.SingleOrDefaultAsync(position => position.Keywords.Any(keyword => keyword.Id == id), stop) is not { } giver)
            return Problems.NotFound();
        if (giver.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (await db.Positions.SingleOrDefaultAsync(position => position.Code == request.PositionCode && position.Id != giver.Id, stop) is not { } taker)
            return Problems.Invalid("positionCode", "position-unknown");
        if (taker.ClosedAt is not null)
            return Problems.Invalid("positionCode", "position-closed");
        var word = giver.Keywords.Single(keyword => keyword.Id == id).Word;
        if (!giver.Keywords.Exists(keyword => keyword.Word == word && keyword.IsKeptAt(from)))
            return Problems.Conflict("keyword-ended");

        foreach (var given in giver.Keywords.Where(keyword => keyword.Word == word))
            given.Leave(from);
        taker.Give(word, request.Kind!.Value, from, db.Rest.Keyword);
        foreach (var position in new[] { giver, taker })
        {
            position.Version++;
            db.Publish(position.Id, caller.Actor, position.Changed(now));
            db.Write(caller, nameof(MoveKeyword), ("Position", position.Id), new { Word = word, From = giver.Code },
                new { Word = word, To = taker.Code, request.Kind, Since = from }, request.Reason);
        }

        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Keyword.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Keyword.ProblemOf(failure)!);
        }

        return TypedResults.NoContent();
    }
}
