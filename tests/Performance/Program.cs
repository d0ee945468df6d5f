using System.Globalization;
using Performance;

// What is measured, in the order of the table. Names on the command line choose among them.
var seconds = int.Parse(Environment.GetEnvironmentVariable("PERFORMANCE_SECONDS") ?? "10", CultureInfo.InvariantCulture);
(string Name, Func<Task<IReadOnlyList<Row>>> Run)[] measurements =
[
    ("acceptance", () => Acceptance.RunAsync(seconds)),
    ("relay", Relay.RunAsync),
    ("latency", () => Latency.RunAsync(seconds)),
];

Console.WriteLine("| what | value | beside it | ratio |\n|---|---|---|---|");
foreach (var (_, run) in measurements.Where(measurement => args.Length == 0 || args.Contains(measurement.Name, StringComparer.Ordinal)))
{
    foreach (var row in await run())
        Console.WriteLine($"| {row.What} | {row.Value} | {row.Beside} | {row.Ratio} |");
}
