using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Testing;

namespace Performance;

/// <summary>
/// On the running platform: a broadcast that is queued as a whole, handed over to Kannel by the engine, beside Kannel's own <c>sendsms</c> driven by wrk in the same run; and
/// what an answer to a citizen waits meanwhile. Ends are read from the service's tables.
/// </summary>
internal static class Sending
{
    private const int Connections = 32;

    private const string Raw = """
        wrk.method = "POST"
        wrk.body = "Rapat koordinasi pukul 09.00"
        wrk.headers["Content-Type"] = "text/plain"
        wrk.headers["X-Kannel-Username"] = "USER"
        wrk.headers["X-Kannel-Password"] = "PASSWORD"
        wrk.headers["X-Kannel-From"] = "+6281100000001"
        wrk.headers["X-Kannel-To"] = "+6281300000100"
        """;

    // As AcceptSms leaves them.
    private const string Queue = """
        with waiting as (
          insert into sms (id, purpose, lane, channel, sent_by, reference, state, segments, created_at, changed_at, expires_at, next_attempt_at, report_to)
          select id, 'Broadcast', 60, 'kannel', 'kannel', id::text, 'Queued', 1, now(), now(), now() + interval '1 day', now() + interval '1 day', 'broadcast-track-delivery'
          from (select gen_random_uuid() as id from generate_series(1, $1)) as ids returning id)
        insert into sms_content (sms_id, number, text) select id, '+62813' || lpad((row_number() over ())::text, 8, '0'), 'Rapat koordinasi pukul 09.00' from waiting
        """;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<Row>> RunAsync(int seconds, int messages)
    {
        await using var source = NpgsqlDataSource.Create(Servers.Postgres("notification"));
        await using var bus = await TestBus.StartAsync(Servers.Broker, []);
        // The first ones fill pools and caches and compile the code.
        await QueueAsync(source, Math.Min(messages, 2000));
        await Answers.OrderUntilAsync(HandedOverAsync(source), bus, source);
        var alone = await Answers.OrderUntilAsync(Task.Delay(Quiet), bus, source);
        var (before, used) = (Notification.Memory(), Notification.Used());
        await QueueAsync(source, messages);
        var handedOver = HandedOverAsync(source);
        var beside = await Answers.OrderUntilAsync(handedOver, bus, source);
        var took = await handedOver;
        var (after, cost) = (Notification.Memory(), (Notification.Used() - used) / messages);
        var raw = await Programs.WrkAsync(
            $"http://127.0.0.1:{Servers.Setting("SENDSMS_PORT")}/cgi-bin/sendsms", Connections, seconds,
            Raw.Replace("USER", Servers.Setting("SENDSMS_USER"), StringComparison.Ordinal).Replace("PASSWORD", Servers.Setting("SENDSMS_PASSWORD"), StringComparison.Ordinal));
        if (raw.Errors > 0)
            throw new InvalidOperationException($"{raw.Errors} of wrk's requests to Kannel failed.");
        var rate = messages / took.TotalSeconds;
        return
        [
            new($"handed over to Kannel a second, {Row.Number(messages)} queued", Row.Number(rate), $"Kannel's raw sendsms, {Connections} connections: {Row.Number(raw.PerSecond)}", Row.Number(rate / raw.PerSecond)),
            new("… processor time of Notification for each", $"{Row.Number(cost.TotalMicroseconds)} µs"),
            new("… memory of Notification after them", $"{Row.Number(after / 1024.0)} MiB", $"before them {Row.Number(before / 1024.0)} MiB", Row.Number((double)after / before)),
            new($"from an answer's order to Kannel's acceptance while they are handed over, {OfAnswers(beside)}", Row.Percentiles(beside.Took, 1), $"nothing else is sent, {OfAnswers(alone)}: {Row.Percentiles(alone.Took, 1)}",
                Row.Number(Row.Percentile(beside.Took, 0.95) / Row.Percentile(alone.Took, 0.95))),
        ];
    }

    private static string OfAnswers((List<TimeSpan> Took, int NotAccepted) answers) =>
        $"{answers.Took.Count} of {answers.Took.Count + answers.NotAccepted} answers, p50 / p95 / max";

    /// <summary>Broadcasts that are all due when this returns.</summary>
    private static async Task QueueAsync(NpgsqlDataSource source, int messages)
    {
        await ExecuteAsync(source, Queue, messages);
        await ExecuteAsync(source, "analyze sms");
        await ExecuteAsync(source, "update sms set next_attempt_at = now() where state = 'Queued' and purpose = 'Broadcast'");
    }

    /// <summary>From now on until the last has its outcome.</summary>
    private static async Task<TimeSpan> HandedOverAsync(NpgsqlDataSource source)
    {
        var start = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            async () =>
            {
                await using var waits = source.CreateCommand("select not exists (select from sms where state in ('Queued', 'Intent') and purpose = 'Broadcast')");
                return (bool)(await waits.ExecuteScalarAsync())!;
            },
            seconds: 1800);
        return TimeProvider.System.GetElapsedTime(start);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql, int? parameter = null)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 600;
        if (parameter is { } value)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The service's processes on this machine.</summary>
    private static class Notification
    {
        /// <summary>Proportional set size in KiB.</summary>
        public static long Memory() => All().Sum(folder => long.Parse(
            File.ReadLines($"{folder}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture));

        public static TimeSpan Used() => TimeSpan.FromTicks(All().Sum(folder =>
        {
            using var process = Process.GetProcessById(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
            return process.TotalProcessorTime.Ticks;
        }));

        private static IEnumerable<string> All() => System.IO.Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
            .Where(folder => File.ReadAllText($"{folder}/cmdline").Split('\0').Any(part => part.StartsWith(Path.Combine(Servers.Setting("PLATFORM_DATA"), "app", "notification"), StringComparison.OrdinalIgnoreCase)));
    }
}
