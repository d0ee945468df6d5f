using System.Text.Json;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Import;

/// <summary>How far an import is, and what is wrong with its file.</summary>
public static class ShowImport
{
    /// <param name="State">Waiting, Running, Done, or Refused: then nothing was changed, and the problems say why.</param>
    /// <param name="Sha256">Of the file, in hexadecimal; also in the audit trail.</param>
    /// <param name="RowsTotal">Rows to add; null before the file has been read.</param>
    /// <param name="RowsAdded">Of a dry run: those that it would add.</param>
    /// <param name="RowsUnchanged">Rows that say what is there already.</param>
    /// <param name="Problems">The first 500.</param>
    public sealed record Item(
        Guid Id, bool IsDryRun, string State, string Sha256, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, int? RowsTotal, int RowsDone, int RowsAdded,
        int RowsUnchanged, int ProblemsTotal, IReadOnlyList<Problem> Problems);

    /// <param name="Sheet">As the file names it; null for the file itself.</param>
    /// <param name="Row">As the spreadsheet counts it; of a CSV, the line.</param>
    /// <param name="Code">Stable.</param>
    /// <param name="Text">In the language of the request.</param>
    public sealed record Problem(string? Sheet, int? Row, string? Column, string Code, string Text);

    internal static Item ToItem(OrganisationImport import) => new(
        import.Id, import.IsDryRun, import is { State: ImportState.Waiting, RowsTotal: not null } ? "Running" : import.State.ToString(),
        Convert.ToHexStringLower(import.Sha256), import.CreatedAt, import.FinishedAt, import.RowsTotal, import.RowsDone, import.RowsAdded, import.RowsUnchanged,
        import.FindingsTotal, import.Findings is null ? [] : JsonSerializer.Deserialize<List<Finding>>(import.Findings)!
            .ConvertAll(found => new Problem(found.Sheet, found.Row, found.Column, found.Code, Texts.Of($"problem.{found.Code}"))));

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/imports/{id:guid}", HandleAsync).WithName(nameof(ShowImport));

    private static async Task<Results<Ok<Item>, ProblemHttpResult>> HandleAsync(Guid id, DirectoryDb db, CancellationToken stop) =>
        await db.Imports.AsNoTracking().SingleOrDefaultAsync(import => import.Id == id, stop) is { } import ? TypedResults.Ok(ToItem(import)) : Problems.NotFound();
}
