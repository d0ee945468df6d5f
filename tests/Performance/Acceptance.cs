using Testing;

namespace Performance;

/// <summary>
/// Durable acceptance of webhooks per second, beside a bare endpoint of the same process and beside PostgreSQL's own single-row inserts, with the same number of
/// connections in the same run. Signature, deduplication, seal and outbox are part of it. Measured while the broker is away, so that it is acceptance and nothing
/// else, and once more with the relay and the routing of everything accepted going on beside it.
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
            await host.Database.ExecuteAsync("create table single_row (id bigint generated always as identity primary key, text text)");
            var root = host.Client().BaseAddress!;
            Task<Programs.WrkResult> WrkAsync(string run, int length, string path = "webhooks/sms/kannel") =>
                Programs.WrkAsync($"{root}{path}", connections, length, Post.Replace("RUN", $"\"{run}\"", StringComparison.Ordinal));

            host.BrokerLink.Cut();
            await WrkAsync("warm", 3);
            var bare = await WrkAsync("bare", seconds, InboundSmsHost.Bare[1..]);
            var durable = await WrkAsync("durable", seconds);
            var inserts = await Programs.PgbenchAsync(
                host.Database.Name, "insert into single_row (text) values ('DINKES stok obat di puskesmas habis sejak Senin');", connections, seconds);
            host.BrokerLink.Mend();
            await host.BusIsHealthyAsync();
            var routed = await WrkAsync("routed", seconds);

            if (bare.Errors + durable.Errors + routed.Errors > 0)
                throw new InvalidOperationException($"{bare.Errors}, {durable.Errors} and {routed.Errors} requests failed.");
            rows.Add(new($"webhooks accepted a second, {connections} connections", Row.Number(durable.PerSecond), $"bare endpoint {Row.Number(bare.PerSecond)}",
                Row.Number(durable.PerSecond / bare.PerSecond)));
            rows.Add(new("", "", $"pgbench single-row inserts {Row.Number(inserts)}", Row.Number(durable.PerSecond / inserts)));
            rows.Add(new("… 99th percentile", Row.Milliseconds(durable.P99), $"bare endpoint {Row.Milliseconds(bare.P99)}"));
            rows.Add(new("… while relay and routing work on the same cores", Row.Number(routed.PerSecond), $"99th percentile {Row.Milliseconds(routed.P99)}"));
        }

        return rows;
    }
}
