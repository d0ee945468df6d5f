using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Directory.Restructuring;

/// <summary>
/// Enters a restructuring before its date (DIR-6; BJN 12(1)d, KOR 10g): tried at once upon what is planned before it, applied by itself at its instant.
/// </summary>
public static class PlanReorganisation
{
    internal const int MostSteps = 200;

    /// <param name="Name">What it is called.</param>
    /// <param name="Decree">Number of the decree.</param>
    /// <param name="EffectiveAt">Ahead; a date alone is its midnight in the city.</param>
    /// <param name="Steps">Done in this order, all or none.</param>
    public sealed record Request(
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name,
        [Required, StringLength(64), RegularExpression(Spelling.Name)] string Decree,
        [Required, InOurTime] DateTimeOffset? EffectiveAt,
        [Required, Length(1, MostSteps)] IReadOnlyList<Step> Steps,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/reorganisations", HandleAsync).WithName(nameof(PlanReorganisation));

    private static async Task<Results<Created<ShowReorganisation.Plan>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, Rehearsal rehearsal, TimeProvider clock, CancellationToken stop)
    {
        if (request.EffectiveAt <= clock.GetUtcNow())
            return Problems.Invalid("effectiveAt", "effective-at-past");
        var plan = new Reorganisation
        {
            Name = request.Name.Trim(),
            Decree = request.Decree.Trim(),
            EffectiveAt = request.EffectiveAt!.Value,
            Steps = request.Steps,
        };
        if ((await rehearsal.TryAsync(plan, stop)).Refusal is { } refusal)
            return Problems.Invalid(refusal.Path, refusal.Code);

        db.Add(plan);
        db.Write(caller, nameof(PlanReorganisation), ("Reorganisation", plan.Id), null, new { plan.Name, plan.Decree, plan.EffectiveAt, plan.Steps }, request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Created($"/api/directory/reorganisations/{plan.Id}", ShowReorganisation.ToPlan(plan));
    }
}
