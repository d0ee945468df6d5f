using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Testing;

namespace Performance;

/// <summary>Load generators of Debian: wrk against HTTP, pgbench against PostgreSQL. Loopback only, bounded in time.</summary>
internal static partial class Programs
{
    /// <param name="PerSecond">Requests answered.</param>
    /// <param name="P99">99th percentile of the latency.</param>
    /// <param name="Errors">Answers that were not 2xx, and broken connections.</param>
    public sealed record WrkResult(double PerSecond, TimeSpan P99, int Errors);

    public static async Task<WrkResult> WrkAsync(string url, int connections, int seconds, string lua)
    {
        var script = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7():n}.lua");
        await File.WriteAllTextAsync(script, lua);
        try
        {
            var output = await RunAsync("wrk", "--latency", "-t2", $"-c{connections}", $"-d{seconds}s", "-s", script, url);
            var p99 = P99().Match(output);
            var value = double.Parse(p99.Groups["value"].ValueSpan, CultureInfo.InvariantCulture);
            return new(
                double.Parse(PerSecond().Match(output).Groups["value"].ValueSpan, CultureInfo.InvariantCulture),
                p99.Groups["unit"].Value switch { "us" => TimeSpan.FromMicroseconds(value), "ms" => TimeSpan.FromMilliseconds(value), _ => TimeSpan.FromSeconds(value) },
                Errors().Matches(output).Sum(match => int.Parse(match.Groups["value"].ValueSpan, CultureInfo.InvariantCulture)));
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>Single-row inserts per second, each its own transaction.</summary>
    public static async Task<double> PgbenchAsync(string database, string statement, int connections, int seconds)
    {
        var script = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7():n}.sql");
        await File.WriteAllTextAsync(script, statement);
        try
        {
            string[] arguments =
            [
                "-n", "-M", "prepared", "-h", "127.0.0.1", "-p", Servers.Setting("POSTGRES_PORT"), "-U", Servers.Setting("POSTGRES_USER"),
                "-c", $"{connections}", "-j", "2", "-T", $"{seconds}", "-f", script, database,
            ];
            var output = await RunAsync("/usr/lib/postgresql/15/bin/pgbench", arguments, Servers.Setting("POSTGRES_PASSWORD"));
            return double.Parse(Tps().Match(output).Groups["value"].ValueSpan, CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>Runs a program to its end and gives back what it wrote.</summary>
    /// <exception cref="InvalidOperationException">It ended badly; the message has its output.</exception>
    public static Task<string> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, password: null);

    private static async Task<string> RunAsync(string program, string[] arguments, string? password)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        if (password is not null)
            start.Environment["PGPASSWORD"] = password;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}");
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<value>[\d.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"99%\s+(?<value>[\d.]+)(?<unit>us|ms|s)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex P99();

    [GeneratedRegex(@"(Non-2xx or 3xx responses:|connect|read|write|timeout) (?<value>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Errors();

    [GeneratedRegex(@"tps = (?<value>[\d.]+) \(without", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tps();
}
