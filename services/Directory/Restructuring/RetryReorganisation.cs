using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Restructuring;

/// <summary>Has a failed reorganisation applied as it is, after what stood against it was put right elsewhere. It holds since its instant.</summary>
public static class RetryReorganisation
{
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/reorganisations/{id:guid}/retry", HandleAsync).WithName(nameof(RetryReorganisation))
        .ShowsCurrent((Reorganisation plan) => ShowReorganisation.ToPlan(plan));

    private static async Task<Results<Ok<ShowReorganisation.Plan>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, Rehearsal rehearsal, CancellationToken stop)
    {
        if (await db.Reorganisations.SingleOrDefaultAsync(plan => plan.Id == id, stop) is not { } plan)
            return Problems.NotFound();
        if (plan.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (plan.Status is not ReorganisationStatus.Failed)
            return Problems.Conflict("reorganisation-not-failed");
        if ((await rehearsal.TryAsync(plan, stop)).Refusal is { } refusal)
            return Problems.Invalid(refusal.Path, refusal.Code);

        var before = new { plan.Status, plan.FailedStep, plan.FailureCode };
        plan.Plan();
        db.Write(caller, nameof(RetryReorganisation), ("Reorganisation", plan.Id), before, new { plan.Status }, request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ShowReorganisation.ToPlan(plan));
    }
}
