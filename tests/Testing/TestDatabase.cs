using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceDefaults.Persistence;

namespace Testing;

/// <summary>A database of its own for a test class, copied from a template that the service's migrations made once per run.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private const string Password = "test-only";
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new(StringComparer.Ordinal);

    private TestDatabase(string name, string service) => (Name, Service) = (name, service);

    public string Name { get; }
    private string Service { get; }

    /// <summary>As the service connects: without the right to alter what is append-only.</summary>
    public string Runtime => Servers.Postgres(Name, $"test_{Service}_app", Password);

    /// <summary>The same, through a wire that listens on another port.</summary>
    public string RuntimeAt(int port) => new NpgsqlConnectionStringBuilder(Runtime) { Port = port }.ConnectionString;

    /// <summary>As an administrator of the server connects.</summary>
    public string Administrator => Servers.Postgres(Name);

    public static async Task<TestDatabase> CreateAsync(string service, Assembly migrations)
    {
        var template = await Templates.GetOrAdd(service, _ => new(() => CreateTemplateAsync(service, migrations))).Value;
        var database = new TestDatabase($"test_{service}_{Guid.CreateVersion7():n}", service);
        await ExecuteAsync(Servers.Postgres("postgres"), $"create database {database.Name} template {template} owner test_{service}_owner");
        return database;
    }

    /// <summary>One value, asked as the administrator.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Administrator);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs statements as the administrator.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(Administrator, sql);

    public async ValueTask DisposeAsync() => await ExecuteAsync(Servers.Postgres("postgres"), $"drop database if exists {Name} with (force)");

    private static async Task<string> CreateTemplateAsync(string service, Assembly migrations)
    {
        var template = $"test_{service}_template_{Guid.CreateVersion7():n}";
        await ExecuteAsync(Servers.Postgres("postgres"), $"""
            do $$ begin
              perform pg_advisory_lock(42);
              if not exists (select from pg_roles where rolname = 'test_{service}_owner') then
                create role test_{service}_owner login password '{Password}';
                create role test_{service}_app login password '{Password}';
              end if;
              perform pg_advisory_unlock(42);
            end $$
            """);
        await ExecuteAsync(Servers.Postgres("postgres"), $"create database {template} owner test_{service}_owner");
        await using (var owner = NpgsqlDataSource.Create(Servers.Postgres(template, $"test_{service}_owner", Password) + ";Pooling=false"))
            await SqlMigrations.ApplyAsync(owner, $"test_{service}_app", migrations, NullLogger.Instance, CancellationToken.None);
        return template;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
