using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Import;

/// <summary>All that is wrong with a file, in its own order: by sheet, then by row. Kept for 90 days.</summary>
public static class ListImportProblems
{
    /// <param name="Sheet">As the file names it; null for the file itself.</param>
    /// <param name="Row">As the spreadsheet counts it; of a CSV, the line.</param>
    /// <param name="Code">Stable.</param>
    /// <param name="Text">In the language of the request.</param>
    public sealed record Item(string? Sheet, int? Row, string? Column, string Code, string Text);

    internal static Item ToItem(ImportProblem problem) => new(problem.Sheet, problem.Row, problem.Column, problem.Code, Texts.Of($"problem.{problem.Code}"));

    /// <summary>A page, and one more if there is one.</summary>
    internal static Task<List<ImportProblem>> PageAsync(DirectoryDb db, Guid import, int after, CancellationToken stop) =>
        db.ImportProblems.AsNoTracking().Where(problem => problem.ImportId == import && problem.Number > after).OrderBy(problem => problem.Number)
            .Take(Paging.PageSize + 1).ToListAsync(stop);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/imports/{id:guid}/problems", HandleAsync).WithName(nameof(ListImportProblems))
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        Guid id, [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, CancellationToken stop)
    {
        var after = -1;
        if (!string.IsNullOrEmpty(cursor) && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            return Problems.Invalid("cursor", "cursor");
        if (!await db.Imports.AnyAsync(import => import.Id == id, stop))
            return Problems.NotFound();
        var page = Paging.PageOf(await PageAsync(db, id, after, stop), problem => problem.Number.ToString(CultureInfo.InvariantCulture));
        return TypedResults.Ok(new Page<Item>([.. page.Items.Select(ToItem)], page.Next));
    }
}
