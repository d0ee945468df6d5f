using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Directory.Import;

/// <summary>Writes what is wrong with a file, in the transaction that ends its import; what is wrong with old ones nobody asks any more.</summary>
internal static class KeepProblems
{
    private static readonly TimeSpan CopyLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    public static async Task KeepAsync(this Findings findings, DirectoryDb db, Guid import, DateTimeOffset now, CancellationToken stop)
    {
        var last = now - Kept;
        await db.ImportProblems.Where(problem => db.Imports.Any(old => old.Id == problem.ImportId && old.FinishedAt < last)).ExecuteDeleteAsync(stop);
        if (findings.Total == 0)
            return;
        await using var copy = await ((NpgsqlConnection)db.Database.GetDbConnection()).BeginBinaryImportAsync(
            "copy import_problem (import_id, number, sheet, row_number, column_name, code) from stdin (format binary)", stop);
        copy.Timeout = CopyLimit;
        foreach (var (number, found) in findings.InOrder().Index())
        {
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(import, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(number, NpgsqlDbType.Integer, stop);
            await WriteAsync(found.Sheet);
            await (found.Row is { } row ? copy.WriteAsync(row, NpgsqlDbType.Integer, stop) : copy.WriteNullAsync(stop));
            await WriteAsync(found.Column);
            await copy.WriteAsync(found.Code, NpgsqlDbType.Text, stop);
        }

        await copy.CompleteAsync(stop);

        Task WriteAsync(string? text) => text is null ? copy.WriteNullAsync(stop) : copy.WriteAsync(text, NpgsqlDbType.Text, stop);
    }
}
