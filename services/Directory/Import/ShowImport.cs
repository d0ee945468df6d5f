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
    /// <param name="Problems">The first 50; all of them are a list of their own.</param>
    public sealed record Item(
        Guid Id, bool IsDryRun, string State, string Sha256, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, int? RowsTotal, int RowsDone, int RowsAdded,
        int RowsUnchanged, int ProblemsTotal, IReadOnlyList<ListImportProblems.Item> Problems);

    internal static Item ToItem(OrganisationImport import, IReadOnlyList<ImportProblem> problems) => new(
        import.Id, import.IsDryRun, StateOf(import.State, import.RowsTotal),
        Convert.ToHexStringLower(import.Sha256), import.CreatedAt, import.FinishedAt, import.RowsTotal, import.RowsDone, import.RowsAdded, import.RowsUnchanged,
        import.FindingsTotal, [.. problems.Take(Paging.PageSize).Select(ListImportProblems.ToItem)]);

    internal static string StateOf(ImportState state, int? rowsTotal) => state == ImportState.Waiting && rowsTotal is not null ? "Running" : state.ToString();

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/imports/{id:guid}", HandleAsync).WithName(nameof(ShowImport));

    private static async Task<Results<Ok<Item>, ProblemHttpResult>> HandleAsync(Guid id, DirectoryDb db, CancellationToken stop) =>
        await db.Imports.AsNoTracking().SingleOrDefaultAsync(import => import.Id == id, stop) is { } import
            ? TypedResults.Ok(ToItem(import, await ListImportProblems.PageAsync(db, id, after: -1, stop)))
            : Problems.NotFound();
}
