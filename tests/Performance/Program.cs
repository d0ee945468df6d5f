using System.Globalization;
using Performance;

// What is measured, in the order of the table. Names on the command line choose among them. Without PLATFORM_ENV a platform of its own is started, measured and removed.
var seconds = Setting("PERFORMANCE_SECONDS", 10);
var messages = Setting("PERFORMANCE_MESSAGES", 1_000_000);
await using var platform = await OwnPlatform.StartUnlessGivenAsync();
(string Name, Func<Task<IReadOnlyList<Row>>> Run)[] measurements =
[
    ("start", () => Task.FromResult(platform.Started)),
    ("acceptance", () => Acceptance.RunAsync(seconds)),
    ("relay", Relay.RunAsync),
    ("import", Import.RunAsync),
    ("latency", () => Latency.RunAsync(seconds)),
    ("sending", () => Sending.RunAsync(seconds, Setting("PERFORMANCE_SMS", 100_000))),
    ("inbox", () => Inbox.RunAsync(messages)),
    ("memory", () => Memory.RunAsync(messages)),
];

Console.WriteLine("| what | value | beside it | ratio |\n|---|---|---|---|");
foreach (var (_, run) in measurements.Where(measurement => args.Length == 0 || args.Contains(measurement.Name, StringComparer.Ordinal)))
{
    foreach (var row in await run())
        Console.WriteLine($"| {row.What} | {row.Value} | {row.Beside} | {row.Ratio} |");
}

static int Setting(string name, int otherwise) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
