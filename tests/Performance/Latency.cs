using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Testing;

namespace Performance;

/// <summary>
/// On the running platform, through its gateway, at 200 messages a second: from the 2xx of a webhook to the inbox, and from the 202 of an answer to Kannel's acceptance.
/// Ends are read from the services' tables, so that the looking costs nothing at the doors.
/// </summary>
internal static class Latency
{
    private const int PerSecond = 200;

    public static async Task<IReadOnlyList<Row>> RunAsync(int seconds)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Servers.Setting("GATEWAY_URL")) };
        var token = await http.PostAsJsonAsync("/api/directory/sessions", new { userLogin = Servers.Setting("OFFICIAL_LOGIN"), password = Servers.Setting("OFFICIAL_PASSWORD") });
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await token.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString());

        var accepted = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var inboxed = await WatchAsync(accepted, PacedAsync(seconds * PerSecond, accepted, n => SendAsync(http, $"{Run}-{n}", n)), "inboundsms",
            "select m.provider_message_id from case_message c join message m on m.id = c.message_id where m.provider_message_id = any($1)");
        var messages = await MessageIdsAsync(accepted.Keys);

        var answered = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var handedOver = await WatchAsync(answered, PacedAsync(messages.Count, answered, n => AnswerAsync(http, messages[n])), "notification",
            "select id::text from sms where id = any($1::uuid[]) and state not in ('Queued', 'Intent')");
        return
        [
            new($"2xx to inbox at {PerSecond} a second, p50 / p95 / p99", Row.Percentiles(inboxed)),
            new($"answer to provider at {PerSecond} a second, p50 / p95 / p99", Row.Percentiles(handedOver)),
        ];
    }

    private static string Run { get; } = Guid.CreateVersion7().ToString("n");

    /// <summary>Starts the calls at their times, whatever the earlier ones take; notes when each was acknowledged, by the name that it returned.</summary>
    private static async Task PacedAsync(int count, ConcurrentDictionary<string, long> acknowledged, Func<int, Task<string>> call)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        var calls = new List<Task>();
        for (var n = 0; n < count && await timer.WaitForNextTickAsync(); n++)
            calls.Add(CallAsync(n));
        await Task.WhenAll(calls);

        async Task CallAsync(int n) => acknowledged[await call(n)] = TimeProvider.System.GetTimestamp();
    }

    private static async Task<string> SendAsync(HttpClient http, string id, int n)
    {
        await Citizen.WriteAsync(http, id, n);
        return id;
    }

    private static async Task<string> AnswerAsync(HttpClient http, Guid message)
    {
        var response = await http.PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Baik" });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>While the calls run and until all have arrived, looks every few milliseconds which have; the time of the look counts.</summary>
    private static async Task<List<TimeSpan>> WatchAsync(ConcurrentDictionary<string, long> acknowledged, Task calls, string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(Servers.Postgres(database));
        var times = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!calls.IsCompleted || times.Count < acknowledged.Count)
        {
            await timer.WaitForNextTickAsync(limit.Token);
            await using var command = source.CreateCommand(sql);
            command.Parameters.Add(new() { Value = acknowledged.Keys.Where(name => !times.ContainsKey(name)).ToArray() });
            await using var reader = await command.ExecuteReaderAsync(limit.Token);
            var now = TimeProvider.System.GetTimestamp();
            while (await reader.ReadAsync(limit.Token))
                times[reader.GetString(0)] = TimeProvider.System.GetElapsedTime(acknowledged[reader.GetString(0)], now);
        }

        await calls;
        return [.. times.Values];
    }

    private static async Task<List<Guid>> MessageIdsAsync(IEnumerable<string> providerIds)
    {
        await using var source = NpgsqlDataSource.Create(Servers.Postgres("inboundsms"));
        await using var command = source.CreateCommand("select id from message where provider_message_id = any($1)");
        command.Parameters.Add(new() { Value = providerIds.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
