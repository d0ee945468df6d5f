using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Testing;

/// <summary>The real servers that <c>deploy/test</c> has started; <c>PLATFORM_ENV</c> names their settings.</summary>
public static class Servers
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> File = new(Read);

    /// <summary>A value of <c>platform.env</c>.</summary>
    public static string Setting(string name) => File.Value.TryGetValue(name, out var value)
        ? value
        : throw new InvalidOperationException($"{name} is not in platform.env.");

    /// <summary>A port of <c>platform.env</c>.</summary>
    public static int Port(string name) => int.Parse(Setting(name), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Administrator's connection to a database of the test cluster.</summary>
    public static string Postgres(string database, string? user = null, string? password = null) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port("POSTGRES_PORT"),
        Database = database,
        Username = user ?? Setting("POSTGRES_USER"),
        Password = password ?? Setting("POSTGRES_PASSWORD"),
        MaxPoolSize = 40,
    }.ConnectionString;

    /// <summary>Rows of one text column, asked as the administrator of the server.</summary>
    public static async Task<List<string>> TextsAsync(string database, string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(Postgres(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync())
            texts.Add(reader.GetString(0));
        return texts;
    }

    /// <summary>The platform's own virtual host, as its services connect to it.</summary>
    public static string Broker => BrokerOf(Setting("RABBITMQ_VHOST"));

    /// <summary>The broker's management interface, as its administrator.</summary>
    public static HttpClient RabbitMqManagement()
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Setting("RABBITMQ_MANAGEMENT_PORT")}/api/") };
        var login = $"{Setting("RABBITMQ_ADMIN_USER")}:{Setting("RABBITMQ_ADMIN_PASSWORD")}";
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        return client;
    }

    /// <summary>The queues of a virtual host; counts in it are seconds old.</summary>
    public static async Task<IReadOnlyList<JsonElement>> QueuesAsync(string virtualHost)
    {
        using var management = RabbitMqManagement();
        return [.. (await management.GetFromJsonAsync<JsonElement>($"queues/{virtualHost}")).EnumerateArray()];
    }

    /// <summary>A virtual host of its own: its address for services, and its name.</summary>
    public static async Task<(string Address, string Name)> CreateVirtualHostAsync()
    {
        var name = $"test-{Guid.CreateVersion7():n}";
        using var management = RabbitMqManagement();
        (await management.PutAsJsonAsync($"vhosts/{name}", new { })).EnsureSuccessStatusCode();
        foreach (var user in new[] { Setting("RABBITMQ_USER"), Setting("RABBITMQ_ADMIN_USER") })
        {
            var all = new { configure = ".*", write = ".*", read = ".*" };
            (await management.PutAsJsonAsync($"permissions/{name}/{user}", all)).EnsureSuccessStatusCode();
        }

        return (BrokerOf(name), name);
    }

    public static async Task DeleteVirtualHostAsync(string name)
    {
        using var management = RabbitMqManagement();
        (await management.DeleteAsync($"vhosts/{name}")).EnsureSuccessStatusCode();
    }

    private static string BrokerOf(string virtualHost) =>
        $"amqp://{Setting("RABBITMQ_USER")}:{Setting("RABBITMQ_PASSWORD")}@127.0.0.1:{Setting("AMQP_PORT")}/{virtualHost}";

    private static Dictionary<string, string> Read()
    {
        var path = Environment.GetEnvironmentVariable("PLATFORM_ENV")
            ?? throw new InvalidOperationException("PLATFORM_ENV is not set: run the tests by deploy/test, or name the platform.env of a running platform.");
        return System.IO.File.ReadLines(path)
            .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim('\'', '"'), StringComparer.Ordinal);
    }
}
