using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ServiceDefaults.Persistence;

/// <summary>Writes what a context has tracked with one statement for each table, where it is many rows of few kinds.</summary>
public static class BulkSave
{
    private const int Few = 12;

    /// <summary>
    /// Like <c>SaveChangesAsync</c>, inside the caller's transaction. For background work over rows that the caller has locked: no concurrency token is checked, and
    /// values that the database generates are not read back.
    /// </summary>
    public static async Task SaveInBulkAsync(this DbContext db, CancellationToken stop)
    {
        var changes = db.ChangeTracker.Entries().Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList();
        if (changes.Count < Few || changes.Exists(entry => entry.State == EntityState.Deleted))
        {
            await db.SaveChangesAsync(stop);
            return;
        }

        await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection());
        foreach (var table in changes.GroupBy(entry => (entry.Metadata, entry.State)))
            batch.BatchCommands.Add(table.Key.State == EntityState.Added ? Insert(table.Key.Metadata, [.. table]) : Update(table.Key.Metadata, [.. table]));
        await batch.ExecuteNonQueryAsync(stop);
        db.ChangeTracker.Clear();
    }

    // unnest keeps the order, so what is numbered by the database is numbered in the order in which it was added.
    private static NpgsqlBatchCommand Insert(IEntityType type, EntityEntry[] rows)
    {
        var properties = type.GetProperties().Where(property => property.ValueGenerated == ValueGenerated.Never).ToArray();
        return Command($"insert into {type.GetTableName()} ({Columns(properties)}) select * from unnest({Arrays(properties)})", properties, rows);
    }

    private static NpgsqlBatchCommand Update(IEntityType type, EntityEntry[] rows)
    {
        var key = type.FindPrimaryKey()!.Properties;
        var changed = type.GetProperties().Where(property => Array.Exists(rows, row => row.Property(property).IsModified)).ToArray();
        IProperty[] properties = [.. key, .. changed];
        var set = string.Join(", ", changed.Select(property => $"{property.GetColumnName()} = new.{property.GetColumnName()}"));
        var match = string.Join(" and ", key.Select(property => $"old.{property.GetColumnName()} = new.{property.GetColumnName()}"));
        return Command($"update {type.GetTableName()} old set {set} from unnest({Arrays(properties)}) as new ({Columns(properties)}) where {match}", properties, rows);
    }

    private static NpgsqlBatchCommand Command(string sql, IProperty[] properties, EntityEntry[] rows)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var property in properties)
        {
            var converter = property.GetTypeMapping().Converter;
            var element = converter?.ProviderClrType ?? property.ClrType;
            if (element.IsValueType && Nullable.GetUnderlyingType(element) is null)
                element = typeof(Nullable<>).MakeGenericType(element);
            var values = Array.CreateInstance(element, rows.Length);
            for (var at = 0; at < rows.Length; at++)
            {
                var value = rows[at].Property(property).CurrentValue;
                values.SetValue(value is not null && converter is not null ? converter.ConvertToProvider(value) : value, at);
            }

            command.Parameters.Add(new() { Value = values });
        }

        return command;
    }

    private static string Columns(IEnumerable<IProperty> properties) => string.Join(", ", properties.Select(property => property.GetColumnName()));

    private static string Arrays(IProperty[] properties) =>
        string.Join(", ", properties.Select((property, at) => $"${at + 1}::{property.GetRelationalTypeMapping().StoreType}[]"));
}
