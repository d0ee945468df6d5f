using System.Globalization;
using Npgsql;
using Testing;

namespace Performance;

/// <summary>
/// What each of our processes keeps in memory before and after so many messages have gone the whole way from the door to the inbox: growth would be a leak.
/// </summary>
internal static class Memory
{
    private const int AtOnce = 32;

    // Slower is no fault here; the relay and the routing of a small machine need their time.
    private const int LimitInSeconds = 3 * 60 * 60;

    public static async Task<IReadOnlyList<Row>> RunAsync(int messages)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Servers.Setting("GATEWAY_URL")) };
        var run = Guid.CreateVersion7().ToString("n");
        // The first ones fill pools and caches and compile the code.
        await WriteAsync(http, $"{run}-warm", Math.Min(messages, 10_000));
        await RoutedAsync();
        var before = OfOurProcesses();
        await WriteAsync(http, run, messages);
        await RoutedAsync();
        return [.. OfOurProcesses().Select(process => new Row(
            $"memory of {process.Key} after {Row.Number(messages)} messages", Mebibytes(process.Value), $"before them {Mebibytes(before[process.Key])}", Row.Number((double)process.Value / before[process.Key])))];
    }

    private static Task WriteAsync(HttpClient http, string run, int messages) => Parallel.ForEachAsync(
        Enumerable.Range(0, messages), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (n, _) =>
        {
            if (n > 0 && n % 50_000 == 0)
                await Console.Error.WriteLineAsync($"{n} of {messages} messages");
            await Citizen.WriteAsync(http, $"{run}-{n}", n);
        });

    /// <summary>Everything accepted is in an inbox, and its event is gone from outbox and queue.</summary>
    private static async Task RoutedAsync()
    {
        await using var source = NpgsqlDataSource.Create(Servers.Postgres("inboundsms"));
        await Eventually.TrueAsync(
            async () =>
            {
                await using var command = source.CreateCommand("""
                    select not exists (select from outbox) and (select count(*) from message)
                      = (select count(*) from case_message) + (select count(*) from kept_message) + (select count(*) from blocked_message where released_at is null)
                    """);
                return (bool)(await command.ExecuteScalarAsync())!;
            },
            LimitInSeconds);
    }

    /// <summary>The proportional set size in KiB of each program below the platform's folder, by its name.</summary>
    private static SortedDictionary<string, long> OfOurProcesses()
    {
        var folder = Path.Combine(Servers.Setting("PLATFORM_DATA"), "app") + "/";
        var sizes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var process in System.IO.Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                var program = File.ReadAllText($"{process}/cmdline").Split('\0').FirstOrDefault(part => part.StartsWith(folder, StringComparison.Ordinal));
                if (program is null)
                    continue;
                var size = File.ReadLines($"{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
                sizes[program[folder.Length..].Split('/')[0]] = long.Parse(size.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return sizes;
    }

    private static string Mebibytes(long kibibytes) => $"{Row.Number(kibibytes / 1024.0)} MiB";
}
