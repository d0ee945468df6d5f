using System.ComponentModel.DataAnnotations;
using Contracts.Directory;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Directory.Organisation;

/// <summary>Adds a post to a unit (DIR-1), with its keyword if it receives citizens' messages (DIR-4).</summary>
public static class CreatePosition
{
    /// <param name="SignsDocuments">Its holders need a second factor.</param>
    public sealed record Request(
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string Code,
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Title,
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string UnitCode,
        [Required] PositionKind? Kind,
        [StringLength(Organisation.Keyword.LongestAsWritten)] string? Keyword = null,
        [StringLength(Spelling.LongestGrade), RegularExpression(Spelling.Name)] string? Grade = null,
        bool SignsDocuments = false,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/positions", HandleAsync).WithName(nameof(CreatePosition));

    internal static async Task<Results<Created<ListPositions.Item>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var (keyword, problem) = request.Keyword is null ? (null, null) : Keyword.Read(request.Keyword);
        if (problem is not null)
            return Problems.Invalid("keyword", problem);
        if (await db.Units.SingleOrDefaultAsync(unit => unit.Code == request.UnitCode, stop) is not { } unit)
            return Problems.Invalid("unitCode", "unit-unknown");

        var position = new Position
        {
            Code = request.Code,
            Title = request.Title.Trim(),
            Kind = request.Kind!.Value,
            Grade = request.Grade?.Trim(),
            SignsDocuments = request.SignsDocuments,
            UnitId = unit.Id,
        };
        var now = db.EffectiveNow;
        if (keyword is not null)
            position.Give(keyword, KeywordKind.Primary, now, TimeSpan.Zero);
        db.Add(position);
        db.Publish(position.Id, caller.Actor, position.Changed(now));
        db.Write(caller, nameof(CreatePosition), ("Position", position.Id), null,
            new { position.Code, position.Title, position.Kind, position.Grade, position.SignsDocuments, request.UnitCode, Keyword = keyword }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.PositionCode))
        {
            return Problems.Conflict("code-taken");
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.OnePost))
        {
            return Problems.Conflict("post-taken");
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.UnitOpen))
        {
            return Problems.Invalid("unitCode", "unit-closed");
        }
        catch (DbUpdateException failure) when (Keyword.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Keyword.ProblemOf(failure)!);
        }

        return TypedResults.Created($"/api/directory/positions?code={position.Code}",
            new ListPositions.Item(
                position.Id, position.Code, position.Title, position.Kind, position.Grade, position.SignsDocuments, unit.Code, keyword, null, position.Version));
    }
}
