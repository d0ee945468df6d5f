using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.Organisation;

/// <summary>Takes a word from its position, now or at an instant; one that was only entered ahead is cancelled when that is before its start (DIR-4).</summary>
public static class EndKeyword
{
    /// <param name="Version">Of the position: its words change with it.</param>
    /// <param name="To">Now, unless given.</param>
    /// <param name="Reason">For the audit trail.</param>
    public sealed record Request(
        [Required] long? Version,
        [InOurTime] DateTimeOffset? To = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/keywords/{id:guid}/end", HandleAsync).WithName(nameof(EndKeyword))
        .ShowsCurrent(ListKeywords.ToItem);

    private static async Task<Results<Ok<ListKeywords.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var now = db.EffectiveNow;
        var to = request.To?.ToUniversalTime() ?? now;
        if (to < now)
            return Problems.Invalid("to", "date-past");
        if (await db.Positions.SingleOrDefaultAsync(position => position.Keywords.Any(keyword => keyword.Id == id), stop) is not { } position)
            return Problems.NotFound();
        if (position.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        var keyword = position.Keywords.Single(keyword => keyword.Id == id);
        if (!keyword.EndsAfter(now))
            return Problems.Conflict("keyword-ended");

        var before = new { keyword.Word, To = keyword.ValidTo };
        keyword.End(to, db.Rest.Keyword);
        position.Version++;
        db.Publish(position.Id, caller.Actor, position.Changed(now));
        db.Write(caller, nameof(EndKeyword), ("Position", position.Id), before, new { keyword.Word, To = keyword.ValidTo }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Keyword.ProblemOf(failure) is not null)
        {
            // A later end than before can run into the next user of the word.
            return Problems.Conflict(Keyword.ProblemOf(failure)!);
        }

        return TypedResults.Ok(await db.PositionKeywords.Where(ended => ended.Id == id).Select(ListKeywords.ToItem).SingleAsync(stop));
    }
}
