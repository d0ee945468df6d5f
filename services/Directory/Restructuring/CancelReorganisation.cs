using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Restructuring;

/// <summary>Gives up a reorganisation that has not taken effect. Against its application at the same moment the version decides.</summary>
public static class CancelReorganisation
{
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/reorganisations/{id:guid}/cancel", HandleAsync).WithName(nameof(CancelReorganisation))
        .ShowsCurrent((Reorganisation plan) => ShowReorganisation.ToPlan(plan));

    private static async Task<Results<Ok<ShowReorganisation.Plan>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (await db.Reorganisations.SingleOrDefaultAsync(plan => plan.Id == id, stop) is not { } plan)
            return Problems.NotFound();
        if (plan.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (!plan.IsWaiting)
            return Problems.Conflict("reorganisation-over");

        var before = new { plan.Status };
        plan.Cancel();
        db.Write(caller, nameof(CancelReorganisation), ("Reorganisation", plan.Id), before, new { plan.Status }, request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ShowReorganisation.ToPlan(plan));
    }
}
