using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.OpenApi;
using ServiceDefaults;

namespace Directory.Import;

/// <summary>
/// Takes a file with an organisation, its people, who held what, and accounts (DIR-1, DIR-2): an ODS, a ZIP of CSV files, or one CSV. The answer comes at once,
/// the work follows: <see cref="RunImports"/>.
/// </summary>
public static class StartImport
{
    private const int MostWaiting = 5;

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/imports", HandleAsync).WithName(nameof(StartImport))
        .WithSummary("Takes an ODS, a ZIP of CSV files, or one CSV; a dry run only lists what is wrong")
        .WithMetadata(new RequestSizeLimitAttribute(ReadFile.Largest))
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/octet-stream"] = new() },
            };
            return Task.CompletedTask;
        });

    /// <param name="dryRun">True: nothing is changed.</param>
    /// <param name="sheet">Which table a single CSV is: units, positions, officials, assignments, accounts.</param>
    private static async Task<Results<Accepted<ShowImport.Item>, ProblemHttpResult>> HandleAsync(
        bool dryRun, [StringLength(32)] string? sheet, HttpRequest request, Caller caller, DirectoryDb db, ImportBell bell, TimeProvider clock, CancellationToken stop)
    {
        if (sheet is not null && Layout.Named(sheet) is null)
            return Problems.Invalid("sheet", "import-sheet-unknown");
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, stop);
        var file = body.ToArray();
        if (file.Length == 0)
            return Problems.Invalid("body", "empty");

        // A bound for the disk, not a rule: two who ask at the same moment may pass it together.
        if (await db.Imports.CountAsync(import => import.State == ImportState.Waiting, stop) >= MostWaiting)
            return Problems.Conflict("import-busy");
        var import = Of(file, dryRun, sheet, caller, clock.GetUtcNow());
        db.Add(import);
        await db.SaveChangesAsync(stop);
        bell.Ring();
        return TypedResults.Accepted($"/api/directory/imports/{import.Id}", ShowImport.ToItem(import, []));
    }

    internal static OrganisationImport Of(byte[] file, bool isDryRun, string? sheet, Caller caller, DateTimeOffset now) => new()
    {
        IsDryRun = isDryRun,
        Sheet = sheet,
        Sha256 = SHA256.HashData(file),
        Content = file,
        Actor = caller.Actor,
        FromAddress = caller.FromAddress,
        CreatedAt = now,
    };
}
