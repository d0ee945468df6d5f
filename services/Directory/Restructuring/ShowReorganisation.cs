using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Restructuring;

/// <summary>A reorganisation with its steps, and why it failed if it did.</summary>
public static class ShowReorganisation
{
    public sealed record Plan(
        Guid Id, string Name, string Decree, DateTimeOffset EffectiveAt, ReorganisationStatus Status, DateTimeOffset? AppliedAt, Failure? Failure,
        IReadOnlyList<Step> Steps, long Version);

    /// <param name="Step">Index of the step that could not be done; null when it is no step's fault.</param>
    /// <param name="Code">Stable.</param>
    /// <param name="Text">The same in the caller's language.</param>
    public sealed record Failure(int? Step, string Code, string Text);

    internal static Plan ToPlan(Reorganisation of) =>
        new(of.Id, of.Name, of.Decree, of.EffectiveAt, of.Status, of.AppliedAt, ToFailure(of.FailedStep, of.FailureCode), of.Steps, of.Version);

    internal static Failure? ToFailure(int? step, string? code) => code is null ? null : new(step, code, Texts.Of($"problem.{code}"));

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/reorganisations/{id:guid}", HandleAsync).WithName(nameof(ShowReorganisation));

    private static async Task<Results<Ok<Plan>, ProblemHttpResult>> HandleAsync(Guid id, DirectoryDb db, CancellationToken stop) =>
        await db.Reorganisations.AsNoTracking().SingleOrDefaultAsync(plan => plan.Id == id, stop) is { } plan
            ? TypedResults.Ok(ToPlan(plan))
            : Problems.NotFound();
}
