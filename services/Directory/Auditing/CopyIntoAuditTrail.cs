using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Directory.Auditing;

/// <summary>Writes many entries at once, in the transaction of the context, as <see cref="AuditTrail.Write"/> writes one: content, and the seal's request, beside it.</summary>
internal static class CopyIntoAuditTrail
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task WriteAllAsync(this DirectoryDb db, IReadOnlyCollection<AuditEntry> entries, CancellationToken stop)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await CopyAsync(connection, "audit_entry (id, at, actor, act, subject_kind, subject_id, commitment)", entries, async (copy, entry) =>
        {
            await copy.WriteAsync(entry.Id, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(entry.At, NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(entry.Actor, NpgsqlDbType.Text, stop);
            await copy.WriteAsync(entry.Act, NpgsqlDbType.Text, stop);
            await copy.WriteAsync(entry.SubjectKind, NpgsqlDbType.Text, stop);
            await copy.WriteAsync(entry.SubjectId, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(entry.Commitment, NpgsqlDbType.Bytea, stop);
        }, stop);
        await CopyAsync(connection, "audit_content (entry_id, salt, before, after, reason, from_address)", entries, async (copy, entry) =>
        {
            await copy.WriteAsync(entry.Id, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(entry.Content!.Salt, NpgsqlDbType.Bytea, stop);
            await WriteAsync(copy, entry.Content.Before, NpgsqlDbType.Json);
            await WriteAsync(copy, entry.Content.After, NpgsqlDbType.Json);
            await WriteAsync(copy, entry.Content.Reason, NpgsqlDbType.Text);
            await WriteAsync(copy, entry.Content.FromAddress, NpgsqlDbType.Text);
        }, stop);
        await CopyAsync(connection, "unsealed (kind, entry_id, commitment)", entries, async (copy, entry) =>
        {
            await copy.WriteAsync(AuditTrail.Kind.Kind, NpgsqlDbType.Text, stop);
            await copy.WriteAsync(entry.Id, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(entry.Commitment, NpgsqlDbType.Bytea, stop);
        }, stop);

        Task WriteAsync(NpgsqlBinaryImporter copy, string? text, NpgsqlDbType type) => text is null ? copy.WriteNullAsync(stop) : copy.WriteAsync(text, type, stop);
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, string table, IEnumerable<AuditEntry> entries, Func<NpgsqlBinaryImporter, AuditEntry, Task> write, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {table} from stdin (format binary)", stop);
        copy.Timeout = Limit;
        foreach (var entry in entries)
        {
            await copy.StartRowAsync(stop);
            await write(copy, entry);
        }

        await copy.CompleteAsync(stop);
    }
}
