using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDefaults.Persistence;

/// <summary>
/// Applies the embedded <c>NNNN_name.sql</c> files of ServiceDefaults, of the shared sets that the service embeds (<c>set/NNNN_name.sql</c>), and then its own,
/// each once, in order, in a transaction of its own, as the database's owner. A file that has been applied must not change: its digest is held.
/// </summary>
public static partial class SqlMigrations
{
    private const long MigrationLock = 0x4D_49_47_52;

    [GeneratedRegex(@"^([a-z]+/)?\d{4}_[a-z0-9_]+\.sql$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();

    /// <param name="database">Connections of the owner role.</param>
    /// <param name="runtimeRole">Takes the place of <c>{app}</c> in the files.</param>
    /// <param name="service">The assembly that embeds the service's own files.</param>
    /// <param name="log">Says which file is applied.</param>
    /// <param name="stop">Cancels between files.</param>
    /// <exception cref="InvalidOperationException">An applied file has changed since.</exception>
    public static async Task ApplyAsync(
        NpgsqlDataSource database, string runtimeRole, Assembly service, ILogger log, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await ExecuteAsync(connection, $"select pg_advisory_lock({MigrationLock})", stop);
        await ExecuteAsync(connection, """
            create table if not exists schema_migration (
              name text primary key, digest text not null, applied_at timestamptz not null default now())
            """, stop);
        var applied = await AppliedAsync(connection, stop);

        foreach (var (name, sql) in Files(typeof(SqlMigrations).Assembly, "platform").Concat(Files(service, "service")))
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            if (applied.TryGetValue(name, out var before))
            {
                if (before != digest)
                    throw new InvalidOperationException($"Migration {name} was applied with another content. Add a new file instead.");
                continue;
            }

            await using var transaction = await connection.BeginTransactionAsync(stop);
            await ExecuteAsync(connection, sql.Replace("{app}", '"' + runtimeRole + '"', StringComparison.Ordinal), stop);
            await using var note = new NpgsqlCommand("insert into schema_migration (name, digest) values ($1, $2)", connection)
            {
                Parameters = { new() { Value = name }, new() { Value = digest } },
            };
            await note.ExecuteNonQueryAsync(stop);
            await transaction.CommitAsync(stop);
            Applied(log, name);
        }
    }

    private static IEnumerable<(string Name, string Sql)> Files(Assembly assembly, string set) => assembly.GetManifestResourceNames()
        .Where(resource => FileName().IsMatch(resource))
        .OrderBy(resource => !IsShared(resource)).ThenBy(resource => resource, StringComparer.Ordinal)
        .Select(resource => (IsShared(resource) ? resource : $"{set}/{resource}", Read(assembly, resource)));

    private static bool IsShared(string resource) => resource.Contains('/', StringComparison.Ordinal);

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("select name, digest from schema_migration", connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
            applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Migration {Name} applied")]
    private static partial void Applied(ILogger log, string name);
}
