using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Copies;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>Corrects an official's name (DIR-1).</summary>
public static class EditOfficial
{
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPatch("/officials/{id:guid}", HandleAsync).WithName(nameof(EditOfficial))
        .ShowsCurrent<Official, ListOfficials.Item>(now => official => ListOfficials.ToItem(official, now));

    private static async Task<Results<Ok<ListOfficials.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Officials.SingleOrDefaultAsync(official => official.Id == id, stop) is not { } official)
            return Problems.NotFound();
        if (official.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");

        var before = new { official.Name };
        official.Name = request.Name.Trim();
        if (db.Entry(official).State == EntityState.Unchanged)
            return TypedResults.Ok(ListOfficials.ToItem(official, db.EffectiveNow));
        official.Version++;
        db.Tell(official, caller.Actor, db.EffectiveNow);
        db.Write(caller, nameof(EditOfficial), ("Official", official.Id), before, new { official.Name }, request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ListOfficials.ToItem(official, db.EffectiveNow));
    }
}
