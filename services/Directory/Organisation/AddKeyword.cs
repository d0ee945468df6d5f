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

/// <summary>Gives a position one more word, an alias or a common misspelling, now or from an instant on (DIR-4).</summary>
public static class AddKeyword
{
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Organisation.Keyword.LongestAsWritten)] string Word,
        [Required] KeywordKind? Kind,
        [InOurTime] DateTimeOffset? From = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/positions/{id:guid}/keywords", HandleAsync).WithName(nameof(AddKeyword))
        .ShowsCurrent(ListPositions.ToItem);

    private static async Task<Results<Created<ListKeywords.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var (word, problem) = Keyword.Read(request.Word);
        if (word is null)
            return Problems.Invalid("word", problem!);
        if (request.Kind == KeywordKind.Primary)
            return Problems.Invalid("kind", "keyword-kind");
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
        if (position.Keywords.Count(keyword => keyword.EndsAfter(now)) >= Keyword.MostOfPosition)
            return Problems.Conflict("keywords-too-many");

        var added = new PositionKeyword { Word = word, Kind = request.Kind!.Value, ValidFrom = from };
        position.Keywords.Add(added);
        position.Version++;
        db.Publish(position.Id, caller.Actor, position.Changed(now));
        db.Write(caller, nameof(AddKeyword), ("Position", position.Id), null, new { added.Word, added.Kind, From = from }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Keyword.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Keyword.ProblemOf(failure)!);
        }

        return TypedResults.Created($"/api/directory/keywords?word={word}",
            await db.PositionKeywords.Where(keyword => keyword.Id == added.Id).Select(ListKeywords.ToItem).SingleAsync(stop));
    }
}
