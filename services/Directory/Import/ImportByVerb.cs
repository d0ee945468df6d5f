using Directory.Auditing;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Import;

/// <summary>
/// Verb <c>--import</c>: whoever installs the platform takes the organisation over from the file that <c>IMPORT_FILE</c> names. The same job, in this process or in
/// an instance that runs already.
/// </summary>
internal static partial class ImportByVerb
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    public static void Add(IServiceCollection services) => services.AddVerb("--import", RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, ILogger log, CancellationToken stop)
    {
        if (services.GetRequiredService<IConfiguration>()["IMPORT_FILE"] is not { } path || new FileInfo(path) is not { Exists: true, Length: > 0 and <= ReadFile.Largest })
        {
            Missing(log, ReadFile.Largest);
            return 1;
        }

        var (db, clock) = (services.GetRequiredService<DirectoryDb>(), services.GetRequiredService<TimeProvider>());
        var import = StartImport.Of(await File.ReadAllBytesAsync(path, stop), isDryRun: false, sheet: null, Caller.System, clock.GetUtcNow());
        db.Add(import);
        await db.SaveChangesAsync(stop);
        db.ChangeTracker.Clear();
        while (import.State == ImportState.Waiting)
        {
            if (!await services.GetRequiredService<RunImports>().RunOneAsync(stop))
                await Task.Delay(Rest, clock, stop);
            import = await db.Imports.AsNoTracking().SingleAsync(started => started.Id == import.Id, stop);
        }

        await foreach (var problem in db.ImportProblems.AsNoTracking().Where(problem => problem.ImportId == import.Id).OrderBy(problem => problem.Number).AsAsyncEnumerable().WithCancellation(stop))
            Found(log, problem.Sheet, problem.Row, problem.Column, Texts.Of($"problem.{problem.Code}"));
        return import.State == ImportState.Done ? 0 : 1;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "IMPORT_FILE must name a file of at most {Largest} bytes")]
    private static partial void Missing(ILogger log, int largest);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sheet {Sheet}, row {Row}, column {Column}: {Text}")]
    private static partial void Found(ILogger log, string? sheet, int? row, string? column, string text);
}
