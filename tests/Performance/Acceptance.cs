using Testing;

namespace Performance;

/// <summary>
/// Durable acceptance of webhooks per second, beside a bare endpoint of the same process and beside PostgreSQL's own single-row inserts, with the same number of
/// connections in the same run. Signature, deduplication, sealing and outbox are part of it; relay and routing of what was accepted go on at the same time.
/// </summary>
internal static class Acceptance
{
    private const string Post = """
        local thread = 0
        function setup(t) t:set("id", thread); thread = thread + 1 end
        local n = 0
        function request()
          n = n + 1
          return wrk.format("POST", wrk.path .. "?id=" .. id .. "-" .. n .. "-" .. RUN, {
            ["Authorization"] = "Basic a2FubmVsOnNlY3JldA==", ["X-Kannel-From"] = "+62812" .. (10000000 + id * 4000000 + n), ["X-Kannel-To"] = "+6281100000001",
            ["Content-Type"] = "text/plain; charset=UTF-8" }, "DINKES stok obat di puskesmas habis sejak Senin")
        end
        """;

    public static async Task<IReadOnlyList<Row>> RunAsync(int seconds)
    {
        var rows = new List<Row>();
        foreach (var connections in new[] { 32, 128 })
        {
            await using var host = new InboundSmsHost();
            await host.InitializeAsync();
            var root = host.Client().BaseAddress!;
            await host.Database.ExecuteAsync("create table single_row (id bigint generated always as identity primary key, text text)");
            // Once to warm up, once to count.
            await Programs.WrkAsync($"{root}webhooks/sms/kannel", connections, 3, Lua("warm"));
            var bare = await Programs.WrkAsync($"{root}{InboundSmsHost.Bare[1..]}", connections, seconds, Lua("bare"));
            var durable = await Programs.WrkAsync($"{root}webhooks/sms/kannel", connections, seconds, Lua("durable"));
            var inserts = await Programs.PgbenchAsync(
                host.Database.Name, "insert into single_row (text) values ('DINKES stok obat di puskesmas habis sejak Senin');", connections, seconds);
            if (bare.Errors + durable.Errors > 0)
                throw new InvalidOperationException($"{bare.Errors} and {durable.Errors} requests failed.");
            rows.Add(new($"webhooks accepted a second, {connections} connections", Row.Number(durable.PerSecond), $"bare endpoint {Row.Number(bare.PerSecond)}",
                Row.Number(durable.PerSecond / bare.PerSecond)));
            rows.Add(new("", "", $"pgbench single-row inserts {Row.Number(inserts)}", Row.Number(durable.PerSecond / inserts)));
            rows.Add(new("… 99th percentile", $"{Row.Number(durable.P99.TotalMilliseconds)} ms", $"bare endpoint {Row.Number(bare.P99.TotalMilliseconds)} ms"));
        }

        return rows;
    }

    private static string Lua(string run) => Post.Replace("RUN", $"\"{run}\"", StringComparison.Ordinal);
}
