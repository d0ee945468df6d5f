using System.ComponentModel.DataAnnotations;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Import;

/// <summary>Imports and dry runs, newest first. What is wrong with a file is shown with its import; when it was taken over stands in the audit trail too.</summary>
public static class ListImports
{
    /// <param name="State">As the import itself shows it.</param>
    /// <param name="Sha256">Of the file, in hexadecimal: the same file again has the same.</param>
    public sealed record Item(
        Guid Id, bool IsDryRun, string State, string Sha256, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, int? RowsTotal, int RowsDone, int RowsAdded, int RowsUnchanged,
        int ProblemsTotal);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/imports", HandleAsync).WithName(nameof(ListImports));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var at, out var id))
            return Problems.Invalid("cursor", "cursor");
        // Column by column: one that waits has its file in its row.
        var items = await db.Imports
            .Where(import => cursor == null || import.CreatedAt < at || (import.CreatedAt == at && import.Id.CompareTo(id) < 0))
            .OrderByDescending(import => import.CreatedAt).ThenByDescending(import => import.Id).Take(Paging.PageSize + 1)
            .Select(import => new Item(
                import.Id, import.IsDryRun, ShowImport.StateOf(import.State, import.RowsTotal), Convert.ToHexStringLower(import.Sha256), import.CreatedAt, import.FinishedAt,
                import.RowsTotal, import.RowsDone, import.RowsAdded, import.RowsUnchanged, import.FindingsTotal))
            .ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.CreatedAt, item.Id)));
    }
}
