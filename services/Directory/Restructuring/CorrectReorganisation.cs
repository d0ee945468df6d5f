using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Restructuring;

/// <summary>
/// Enters a waiting reorganisation anew, all of it. A failed one becomes planned again; with its instant unchanged it is applied at once, and holds since then.
/// </summary>
public static class CorrectReorganisation
{
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name,
        [Required, StringLength(64), RegularExpression(Spelling.Name)] string Decree,
        [Required, InOurTime] DateTimeOffset? EffectiveAt,
        [Required, Length(1, PlanReorganisation.MostSteps)] IReadOnlyList<Step> Steps,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPut("/reorganisations/{id:guid}", HandleAsync).WithName(nameof(CorrectReorganisation))
        .ShowsCurrent((Reorganisation plan) => ShowReorganisation.ToPlan(plan));

    private static async Task<Results<Ok<ShowReorganisation.Plan>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, Rehearsal rehearsal, TimeProvider clock, CancellationToken stop)
    {
        if (await db.Reorganisations.SingleOrDefaultAsync(plan => plan.Id == id, stop) is not { } plan)
            return Problems.NotFound();
        if (plan.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (!plan.IsWaiting)
            return Problems.Conflict("reorganisation-over");
        if (request.EffectiveAt != plan.EffectiveAt && request.EffectiveAt <= clock.GetUtcNow())
            return Problems.Invalid("effectiveAt", "effective-at-past");

        var before = new { plan.Name, plan.Decree, plan.EffectiveAt, plan.Steps };
        plan.Name = request.Name.Trim();
        plan.Decree = request.Decree.Trim();
        plan.EffectiveAt = request.EffectiveAt!.Value;
        plan.Steps = request.Steps;
        plan.Plan();
        if ((await rehearsal.TryAsync(plan, stop)).Refusal is { } refusal)
            return Problems.Invalid(refusal.Path, refusal.Code);

        db.Write(caller, nameof(CorrectReorganisation), ("Reorganisation", plan.Id), before,
            new { plan.Name, plan.Decree, plan.EffectiveAt, plan.Steps }, request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ShowReorganisation.ToPlan(plan));
    }
}
