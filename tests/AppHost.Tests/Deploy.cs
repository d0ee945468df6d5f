using System.Diagnostics;

namespace AppHost.Tests;

/// <summary>What a city can be when it starts.</summary>
/// <param name="IsDemonstration">PLATFORM_DEMO, <c>Platform:Demonstration</c>.</param>
/// <param name="HasProviders">The secrets of Twilio and of the generic contract are set, as always in a demonstration.</param>
internal sealed record Start(bool IsDemonstration, bool HasProviders)
{
    public static Start Demonstration { get; } = new(IsDemonstration: true, HasProviders: true);
    public static IReadOnlyList<Start> All { get; } = [Demonstration, new(IsDemonstration: false, HasProviders: true), new(IsDemonstration: false, HasProviders: false)];
}

/// <summary>What deploy/ says: its own shell functions are asked where they print something, its text where they act.</summary>
internal static class Deploy
{
    /// <summary>A row of services.conf.</summary>
    /// <param name="Project">Path of the project file in the repository.</param>
    /// <param name="Database">Its database, or null.</param>
    public sealed record Row(string Name, string Project, string? Database);

    public static IReadOnlyList<Row> Rows { get; } = [.. Bash("services").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(row => new Row(row[0], row[1], row[2] == "-" ? null : row[2]))];

    public static string Text(string path) => File.ReadAllText(Path.Combine(Repository.Root, "deploy", path));

    /// <summary>Environment of a program, one instance of each service. Settings of a copy are empty, but for those that a start has.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(string program, Start start) => Bash($"""
        PLATFORM_DEMO={(start.IsDemonstration ? "yes" : "no")} TWILIO_AUTH_TOKEN={(start.HasProviders ? "token" : "")} GENERIC_SECRET={(start.HasProviders ? "secret" : "")}
        service_environment {program}
        """)
        .ToDictionary(line => line[..line.IndexOf('=', StringComparison.Ordinal)], line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..], StringComparer.Ordinal);

    /// <summary>The verbs that an update runs, with the names that it sets on top of the program's own environment.</summary>
    public static ILookup<string, (string Program, IReadOnlySet<string> Names)> Verbs()
    {
        // Each command that would do something is silenced; service_verb shows what it is called with.
        var lines = Bash("""
            APP=$(mktemp -d); printf new >"$APP/stamp"; trap 'rm -r "$APP"' EXIT
            stop() { :; }; say() { :; }; cp() { :; }; service_verb() { printf '%s\t' "$@"; printf '\n'; }
            services_migrate
            """);
        return lines.Select(line => line.Split('\t', StringSplitOptions.RemoveEmptyEntries)).ToLookup(
            call => call[1], call => (Program: call[0], Names: (IReadOnlySet<string>)Names(call[2..])), StringComparer.Ordinal);
    }

    private static HashSet<string> Names(IEnumerable<string> lines) => lines.Select(line => line[..line.IndexOf('=', StringComparison.Ordinal)]).ToHashSet(StringComparer.Ordinal);

    private static string[] Bash(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", $"""
            DEPLOY=deploy ROOT=. DATA=/nowhere PLATFORM_INSTANCES=1 PLATFORM_DEMO=yes PLATFORM_PORT_BASE=1024
            source deploy/lib/services.sh
            source deploy/lib/postgres.sh
            {script}
            """])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var errors = bash.StandardError.ReadToEndAsync();
        var lines = bash.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        bash.WaitForExit();
        errors.Result.ShouldBeEmpty();
        bash.ExitCode.ShouldBe(0);
        return lines;
    }
}
