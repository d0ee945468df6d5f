using System.Text.RegularExpressions;

namespace AppHost.Tests;

/// <summary>The AppHost as its text tells it: a partial feed cannot compile it, so nothing here may depend on Aspire.</summary>
internal sealed partial class AppHostText
{
    private readonly Dictionary<string, string> _methods;
    private readonly Dictionary<string, (string Name, string Project, string Text)> _projects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _databaseOf;

    /// <param name="start">Programs lack what stands behind an <c>if (platform.…)</c> that does not hold in it.</param>
    public AppHostText(Start start)
    {
        var folder = Path.Combine(Repository.Root, "AppHost");
        var files = Directory.GetFiles(folder, "*.cs").ToDictionary(file => Path.GetFileName(file)!, file => LineComment().Replace(File.ReadAllText(file), ""), StringComparer.Ordinal);
        All = string.Join('\n', files.Values);
        Map = files["AppHost.cs"];
        _methods = Method().Matches(Of(start, All)).GroupBy(match => match.Groups["name"].Value, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => string.Concat(group.Select(match => match.Groups["body"].Value)), StringComparer.Ordinal);
        _databaseOf = Database().Matches(Map).ToDictionary(match => match.Groups["variable"].Value, match => match.Groups["name"].Value, StringComparer.Ordinal);
        foreach (var statement in Of(start, Map).Split(';').Select(statement => statement.Trim()))
        {
            if (AddProject().Match(statement) is { Success: true } added)
                _projects[added.Groups["variable"].Value] = (added.Groups["name"].Value, added.Groups["project"].Value, statement);
            else if (Continued().Match(statement) is { Success: true } continued && _projects.TryGetValue(continued.Groups["variable"].Value, out var project))
                _projects[continued.Groups["variable"].Value] = project with { Text = project.Text + statement };
        }
    }

    /// <summary>All sources without comments.</summary>
    public string All { get; }

    /// <summary>AppHost.cs without comments.</summary>
    public string Map { get; }

    /// <summary>Project resources that serve.</summary>
    public IEnumerable<(string Name, string Project)> Programs => _projects.Values.Where(project => !IsTask(project.Text)).Select(project => (project.Name, project.Project));

    /// <summary>Project resources that run one verb and end.</summary>
    public IEnumerable<string> Tasks => _projects.Values.Where(project => IsTask(project.Text)).Select(project => project.Name);

    public IEnumerable<string> Databases => _databaseOf.Values;

    /// <summary>Every resource that the dashboard shows as a line of its own.</summary>
    public IEnumerable<string> Resources => Resource().Matches(All).Select(match => match.Groups["name"].Value);

    /// <summary>Names of parameters; those of database roles are spelled out.</summary>
    public IEnumerable<string> Parameters => Parameter().Matches(All).Select(match => match.Groups["name"].Value)
        .SelectMany(name => name == "{database}-{role}-password" ? Databases.SelectMany(database => new[] { $"{database}-owner-password", $"{database}-app-password" }) : [name]);

    public string TextOf(string resource) => _projects.Values.Single(project => project.Name == resource).Text;

    /// <summary>Environment names that a project resource gets, through our own extension methods too.</summary>
    public IReadOnlySet<string> EnvironmentOf(string resource) => Environment(TextOf(resource)).Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Those of them whose value stands in the text.</summary>
    public IEnumerable<(string Name, string Value)> ConstantsOf(string resource) =>
        Environment(TextOf(resource)).Where(variable => variable.Value is not null).Select(variable => (variable.Name, variable.Value!));

    private IEnumerable<(string Name, string? Value)> Environment(string text)
    {
        foreach (Match match in WithEnvironment().Matches(text))
            yield return (match.Groups["name"].Value, match.Groups["value"] is { Success: true } value ? value.Value : null);
        foreach (Match match in WithConnection().Matches(text))
            yield return ($"ConnectionStrings__{match.Groups["name"].Value}", null);
        foreach (Match match in WithProject().Matches(text))
            yield return ($"services__{_projects[match.Groups["variable"].Value].Name}__http__0", null);
        foreach (Match match in Migration().Matches(text))
            yield return ($"ConnectionStrings__{_databaseOf[match.Groups["variable"].Value]}", null);
        foreach (var variable in Call().Matches(text).Select(match => match.Groups["name"].Value).Where(_methods.ContainsKey).SelectMany(name => Environment(_methods[name])))
            yield return variable;
    }

    private static string Of(Start start, string text) => Condition().Replace(text, match =>
        match.Groups["option"].Value switch
        {
            "Demonstration" => start.IsDemonstration,
            "Twilio" or "Generic" => start.HasProviders,
            var option => throw new InvalidOperationException($"A start says nothing of {option}."),
        } == (match.Groups["not"].Length == 0) ? match.Value : "");

    private static bool IsTask(string text) => text.Contains(".AsTask(", StringComparison.Ordinal) || text.Contains(".AsMigrationOf(", StringComparison.Ordinal);

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"^\s*//.*$", Options | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex LineComment();

    // An extension method up to the next member of its class.
    [GeneratedRegex(@"^    (public|private|internal) static [^(=\n]*?(?<name>\w+)(<[\w, ]+>)?\(\s*this (?<body>.*?)(?=^    (public|private|internal) |^\}$)", Options | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Method();

    [GeneratedRegex(@"var (?<variable>\w+) = builder\.AddProject<Projects\.(?<project>\w+)>\(""(?<name>[\w-]+)""", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex AddProject();

    // Without braces: one statement.
    [GeneratedRegex(@"^\s*if \((?<not>!?)platform\.(?<option>\w+)\)\s+[^{;]+;", Options | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Condition();

    [GeneratedRegex(@"^(if \([^()]*\)\s*)?(?<variable>\w+)\s*\.With", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Continued();

    [GeneratedRegex(@"var (?<variable>\w+) = postgres\.AddServiceDatabase\(""(?<name>\w+)""\)", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Database();

    [GeneratedRegex(@"\.WithEnvironment\(""(?<name>\w+)""(, ""(?<value>[^""]*)""\))?", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex WithEnvironment();

    [GeneratedRegex(@"\.WithReference\([\w.]+, ""(?<name>\w+)""\)", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex WithConnection();

    [GeneratedRegex(@"\.WithReference\((?<variable>\w+)\)", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex WithProject();

    [GeneratedRegex(@"\.AsMigrationOf\((?<variable>\w+), ", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Migration();

    [GeneratedRegex(@"\.(?<name>\w+)(<[\w, ]+>)?\(", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Call();

    [GeneratedRegex(@"\.Add(Project<Projects\.\w+>|Postgres|RabbitMQ|Redis|Dockerfile|Executable)\(""(?<name>[\w-]+)""", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Resource();

    [GeneratedRegex(@"\.Add(Secret|Parameter)\(\$?""(?<name>[\w{}-]+)""", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Parameter();
}
