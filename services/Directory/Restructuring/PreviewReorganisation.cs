using System.Text.Json.Nodes;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Restructuring;

/// <summary>What a waiting reorganisation will change, one by one, as the audit trail will have it: it is done, read, and undone.</summary>
public static class PreviewReorganisation
{
    /// <param name="Changes">In their order.</param>
    /// <param name="Refusal">Why it cannot be applied as things stand; then there are no changes.</param>
    public sealed record Preview(IReadOnlyList<Change> Changes, ShowReorganisation.Failure? Refusal);

    /// <param name="Step">Index of the step.</param>
    /// <param name="Act">What is done.</param>
    /// <param name="SubjectKind">To what sort of thing.</param>
    /// <param name="SubjectId">To which; of a thing that is yet to come, another one each time.</param>
    /// <param name="Before">What changes, as it is.</param>
    /// <param name="After">What changes, as it will be.</param>
    public sealed record Change(int Step, string Act, string SubjectKind, Guid SubjectId, JsonNode? Before, JsonNode? After);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapGet("/reorganisations/{id:guid}/preview", HandleAsync).WithName(nameof(PreviewReorganisation));

    private static async Task<Results<Ok<Preview>, ProblemHttpResult>> HandleAsync(Guid id, DirectoryDb db, Rehearsal rehearsal, CancellationToken stop)
    {
        if (await db.Reorganisations.AsNoTracking().SingleOrDefaultAsync(plan => plan.Id == id, stop) is not { } plan)
            return Problems.NotFound();
        if (!plan.IsWaiting)
            return Problems.Conflict("reorganisation-over");

        var (acts, refusal) = await rehearsal.TryAsync(plan, stop);
        var changes = acts.Select(done => new Change(
            done.Step, done.Act.Act, done.Act.SubjectKind, done.Act.SubjectId, Parse(done.Act.Content!.Before), Parse(done.Act.Content.After)));
        return TypedResults.Ok(new Preview([.. changes], ShowReorganisation.ToFailure(refusal?.Step, refusal?.Code)));
    }

    private static JsonNode? Parse(string? content) => content is null ? null : JsonNode.Parse(content);
}
