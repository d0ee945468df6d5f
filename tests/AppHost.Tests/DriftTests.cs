using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AppHost.Tests;

/// <summary>Two descriptions of one system, the AppHost and deploy/, must not drift apart. Each exception stands here with its reason, and must still be one.</summary>
public sealed partial class DriftTests
{
    private static readonly AppHostText AppHost = new(Start.Demonstration);

    public static TheoryData<string, bool, bool> Programs => [.. from row in Deploy.Rows from start in Start.All select (row.Name, start.IsDemonstration, start.HasProviders)];

    private static readonly Dictionary<string, string> OnlyDeploySets = new(StringComparer.Ordinal)
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "AddProject gives every project resource the dashboard's address",
        ["OTEL_SERVICE_NAME"] = "likewise, from the resource's name",
        ["HOME"] = "a system user without a home of its own",
        ["DOTNET_NOLOGO"] = "the same user's first run",
    };

    private static readonly Dictionary<string, string> OnlyTheAppHostSets = new(StringComparer.Ordinal)
    {
        ["ConnectionStrings__redis"] = "deploy has no Redis: PostgreSQL finds in the public feed",
        ["TrustedProxies__1"] = "the orchestrator's proxy may come from ::1; deploy's gateway comes from 127.0.0.1 alone",
    };

    // Names of parameters that platform.env does not know.
    private static readonly Dictionary<string, string> OnlyTheAppHostAsks = new(StringComparer.Ordinal)
    {
        ["redis-password"] = "deploy has no Redis",
        ["kannel-smsc"] = "the operator's links: deploy has them in a file, smsc.conf",
    };

    // Directives of Kannel, as group/key, that are about addresses: in a container each caller comes from another one.
    private static readonly string[] KannelOnOneMachine =
    [
        "core/admin-interface", "core/admin-deny-ip", "core/admin-allow-ip", "smsbox/sendsms-interface", "sendsms-user/user-deny-ip", "sendsms-user/user-allow-ip",
        // A link for somebody's own fakesmsc.
        "outside/group", "outside/smsc", "outside/smsc-id", "outside/port", "outside/connect-allow-ip", "outside/preferred-prefix", "demo/include",
    ];

    [Fact]
    public void PLT_1_every_program_of_deploy_is_a_resource_of_the_AppHost_and_the_other_way_round() =>
        AppHost.Programs.Order().ShouldBe(Deploy.Rows.Select(row => (row.Name, Path.GetFileNameWithoutExtension(row.Project))).Order());

    [Fact]
    public void PLT_1_every_project_of_deploy_is_referred_to_by_the_AppHost() =>
        ProjectFile("AppHost/AppHost.csproj").Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value["../".Length..]).Order()
            .ShouldBe(Deploy.Rows.Select(row => row.Project).Order());

    [Fact]
    public void PLT_1_every_database_of_deploy_is_one_of_the_AppHost() =>
        AppHost.Databases.Order().ShouldBe(Deploy.Rows.Select(row => row.Database).OfType<string>().Order());

    [Theory]
    [MemberData(nameof(Programs))]
    public void PLT_1_a_program_cannot_tell_by_its_environment_who_started_it(string program, bool isDemonstration, bool hasProviders)
    {
        var start = new Start(isDemonstration, hasProviders);
        var text = new AppHostText(start);
        var (deploy, appHost) = (Deploy.EnvironmentOf(program, start), text.EnvironmentOf(program));
        deploy.Keys.Except(appHost).Except(OnlyDeploySets.Keys).ShouldBeEmpty("deploy sets it, the AppHost does not");
        appHost.Except(deploy.Keys).Except(OnlyTheAppHostSets.Keys).ShouldBeEmpty("the AppHost sets it, deploy does not");
        foreach (var (name, value) in text.ConstantsOf(program).Where(variable => !OnlyTheAppHostSets.ContainsKey(variable.Name)))
            value.ShouldBe(deploy[name], name);
    }

    [Fact]
    public void PLT_1_a_real_city_has_no_door_that_it_did_not_ask_for()
    {
        var city = new AppHostText(new(IsDemonstration: false, HasProviders: false));
        foreach (var program in Deploy.Rows.Select(row => row.Name))
            city.EnvironmentOf(program).ShouldAllBe(name => !name.StartsWith("Channels__", StringComparison.Ordinal) || name.StartsWith("Channels__kannel__", StringComparison.Ordinal));
        city.EnvironmentOf("inboundsms").ShouldNotContain("Publishing__Delay");
    }

    [Fact]
    public void PLT_1_an_exception_that_is_none_any_more_goes()
    {
        var (deploy, appHost) = (Deploy.Rows.SelectMany(row => Deploy.EnvironmentOf(row.Name, Start.Demonstration).Keys).ToList(), Deploy.Rows.SelectMany(row => AppHost.EnvironmentOf(row.Name)).ToList());
        OnlyDeploySets.Keys.Where(name => appHost.Contains(name) || !deploy.Contains(name)).ShouldBeEmpty();
        OnlyTheAppHostSets.Keys.Where(name => deploy.Contains(name) || !appHost.Contains(name)).ShouldBeEmpty();
        OnlyTheAppHostAsks.Keys.Where(name => Settings().ContainsKey(name) || !AppHost.Parameters.Contains(name)).ShouldBeEmpty();
        var (ours, theirs) = (Directives("AppHost/kannel/start.sh"), Directives("deploy/lib/kannel.sh"));
        KannelOnOneMachine.Where(directive => ours.ContainsKey(directive) || !theirs.ContainsKey(directive)).ShouldBeEmpty();
    }

    [Fact]
    public void PLT_1_each_database_is_migrated_as_deploy_migrates_it()
    {
        var migrations = Deploy.Verbs()["--migrate"].ToList();
        migrations.Count.ShouldBe(AppHost.Databases.Count());
        foreach (var (program, names) in migrations)
        {
            var environment = AppHost.EnvironmentOf($"{program}-migration");
            environment.ShouldBe(names.Concat(["DOTNET_ENVIRONMENT", "City__TimeZone", "ConnectionStrings__rabbitmq"]), ignoreOrder: true);
            AppHost.TextOf(program).ShouldContain($".WaitForCompletion({program}Migration)");
        }
    }

    [Fact]
    public void PLT_1_every_other_verb_of_an_update_is_a_task_of_the_AppHost()
    {
        foreach (var verb in Deploy.Verbs().Where(verb => verb.Key != "--migrate"))
        {
            var task = verb.Key.TrimStart('-');
            AppHost.TextOf(task).ShouldContain($".AsTask(\"{verb.Key}\")");
            verb.Single().Names.ShouldBeSubsetOf(AppHost.EnvironmentOf(task));
        }

        AppHost.Tasks.Count().ShouldBe(Deploy.Verbs().Sum(verb => verb.Count()));
    }

    [Fact]
    public void PLT_1_every_cluster_of_the_gateway_has_its_address()
    {
        var clusters = Quoted().Matches(Services().Match(Source("gateway/Docs.cs")).Groups["list"].Value).Select(match => match.Groups["text"].Value).ToList();
        clusters.ShouldNotBeEmpty();
        AppHost.EnvironmentOf("gateway").Where(name => name.StartsWith("services__", StringComparison.Ordinal)).Order()
            .ShouldBe(clusters.Select(cluster => $"services__{cluster}__http__0").Order());
    }

    [Fact]
    public void PLT_1_the_demonstration_city_is_loaded_with_the_same_settings()
    {
        var exported = DemoExport().Match(Deploy.Text("lib/services.sh")).Groups["names"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var given = AppHost.Map[AppHost.Map.IndexOf("demonstration-city", StringComparison.Ordinal)..];
        Environment().Matches(given).Select(match => match.Groups["name"].Value).Order().ShouldBe(exported.Order());
    }

    [Fact]
    public void PLT_1_parameters_have_the_names_and_defaults_of_platform_env()
    {
        var settings = Settings();
        AppHost.Parameters.Except(settings.Keys).Except(OnlyTheAppHostAsks.Keys).ShouldBeEmpty();
        using var defaults = JsonDocument.Parse(Source("AppHost/appsettings.json"));
        foreach (var parameter in defaults.RootElement.GetProperty("Parameters").EnumerateObject())
        {
            var name = parameter.Name.Replace('_', '-');
            AppHost.Parameters.ShouldContain(name);
            if (!settings[name].Contains('$', StringComparison.Ordinal))
                parameter.Value.GetString().ShouldBe(settings[name]);
        }
    }

    [Fact]
    public void PLT_1_Kannel_is_configured_as_deploy_configures_it()
    {
        var (ours, theirs) = (Directives("AppHost/kannel/start.sh"), Directives("deploy/lib/kannel.sh"));
        theirs.Keys.Except(KannelOnOneMachine).Except(ours.Keys).ShouldBeEmpty("deploy has it, the container does not");
        ours.Keys.Except(theirs.Keys).ShouldBeEmpty("the container has it, deploy does not");
        foreach (var (directive, value) in ours.Where(directive => !directive.Value.Contains('$', StringComparison.Ordinal) && !directive.Key.EndsWith("port", StringComparison.Ordinal)))
            value.ShouldBe(theirs[directive], directive);
        ours["sms-service/post-url"].ShouldBe(theirs["sms-service/post-url"].Replace("127.0.0.1:$GATEWAY_PORT", "$GATEWAY", StringComparison.Ordinal));
    }

    [Fact]
    public void PLT_1_the_ports_of_Kannel_are_those_that_it_listens_on()
    {
        var ours = Directives("AppHost/kannel/start.sh");
        string[] ports = [ours["core/admin-port"], ours["smsbox/sendsms-port"]];
        Port().Matches(Source("AppHost/Kannel.cs")).Select(match => match.Groups["port"].Value).ShouldBe(ports);
        Source("AppHost/kannel/Dockerfile").ShouldContain($"EXPOSE {ports[0]} {ports[1]}");
    }

    [Fact]
    public void PLT_1_databases_and_roles_are_made_by_the_same_statements() =>
        Statements("AppHost/postgres/databases.sh").ShouldBe(
            Statements("deploy/lib/postgres.sh").Select(statement => statement.Replace("'$2'", "'${!owner}'", StringComparison.Ordinal).Replace("'$3'", "'${!app}'", StringComparison.Ordinal)));

    [Fact]
    public void PLT_1_the_buttons_ask_paths_that_the_services_have()
    {
        var mapped = Deploy.Rows.SelectMany(row => Directory.GetFiles(Path.Combine(Repository.Root, Path.GetDirectoryName(row.Project)!), "*.cs"))
            .SelectMany(file => Parked().Matches(File.ReadAllText(file))).Select(match => match.Groups["service"].Value);
        Quoted().Matches(Services().Match(Source("AppHost/PlatformApi.cs")).Groups["list"].Value).Select(match => match.Groups["text"].Value).Order().ShouldBe(mapped.Order());
    }

    [Fact]
    public void PLT_7_probes_ask_paths_that_every_program_has()
    {
        var probes = Probe().Matches(AppHost.All).Select(match => match.Groups["path"].Value).ToList();
        probes.Count.ShouldBe(2);
        probes.ShouldAllBe(path => Source("ServiceDefaults/Health.cs").Contains($"\"{path}\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AddPostgres(")]
    [InlineData("AddRabbitMQ(")]
    [InlineData("AddProject<Projects.Gateway>(")]
    [InlineData("AddDockerfile(\"kannel\"")]
    public void PLT_7_what_others_wait_for_has_probes(string resource)
    {
        var statement = AppHost.All[AppHost.All.IndexOf(resource, StringComparison.Ordinal)..];
        statement[..statement.IndexOf(';', StringComparison.Ordinal)].ShouldMatch(@"\.(With(Liveness)?Probes?|AsProgram)\(");
    }

    [Fact]
    public void PLT_1_one_version_of_Aspire()
    {
        var sdk = ProjectFile("AppHost/AppHost.csproj").Descendants("Import").Where(import => import.Attribute("Sdk")!.Value == "Aspire.AppHost.Sdk")
            .Select(import => import.Attribute("Version")!.Value).Distinct().Single();
        var versions = ProjectFile("Directory.Packages.props").Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value, StringComparer.Ordinal);
        var packages = ProjectFile("AppHost/AppHost.csproj").Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value).ToList();
        packages.ShouldNotBeEmpty();
        packages.ShouldAllBe(package => versions[package].Split('-')[0] == sdk);
        Deploy.Text("lib/feed.sh").ShouldContain($"Aspire.Hosting.AppHost:{sdk}");
    }

    [Fact]
    public void PLT_5_the_README_lists_every_resource() =>
        Row().Matches(Source("AppHost/README.md")).SelectMany(match => Name().Matches(match.Groups["names"].Value)).Select(match => match.Groups["name"].Value).Order()
            .ShouldBe(AppHost.Resources.Order());

    private static string Source(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    private static XDocument ProjectFile(string path) => XDocument.Parse(Source(path));

    /// <summary>What env.sh writes into platform.env, by the name as a parameter, with its value as the text has it.</summary>
    private static Dictionary<string, string> Settings() => Setting().Matches(Deploy.Text("lib/env.sh"))
        .SelectMany(match => match.Groups["name"].Value is var name && name.StartsWith("${database^^}", StringComparison.Ordinal)
            ? Deploy.Rows.Select(row => row.Database).OfType<string>().Select(database => name.Replace("${database^^}", database, StringComparison.Ordinal))
            : [name], (match, name) => (Name: name, Value: match.Groups["value"].Value))
        .Select(setting => (Name: setting.Name.ToLowerInvariant().Replace('_', '-'), setting.Value))
        .GroupBy(setting => setting.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);

    /// <summary>Lines of Kannel's configuration in a script: group (a link by its id) and key, with the value.</summary>
    private static Dictionary<string, string> Directives(string path)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in Group().Split(Source(path)).Skip(1))
        {
            var lines = Directive().Matches("group = " + group).Select(match => (Key: match.Groups["key"].Value, Value: match.Groups["value"].Value)).ToList();
            var name = lines.FirstOrDefault(line => line.Key == "smsc-id").Value ?? lines[0].Value;
            foreach (var (key, value) in lines)
                found[$"{name}/{key}"] = value;
        }

        return found;
    }

    private static List<string> Statements(string path) => [.. SqlLine().Matches(Source(path)).Select(match => match.Value)];

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline;

    [GeneratedRegex(@"Services (\{ get; \} )?= \[(?<list>[^\]]*)\]", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Services();

    [GeneratedRegex(@"""(?<text>[^""]+)""", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^demo_ready\(\) \{[\s\S]*?export (?<names>[A-Z_ ]+)$", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex DemoExport();

    [GeneratedRegex(@"\.WithEnvironment\(""(?<name>\w+)""", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Environment();

    [GeneratedRegex(@"^\s*setting ""?(?<name>[\w${}^]+)""? (?<value>.*)$", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"^group = ", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Group();

    [GeneratedRegex(@"^(?<key>[a-z-]+) = (?<value>\S.*)$", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Directive();

    [GeneratedRegex(@"const int \w+Port = (?<port>\d+);", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Port();

    [GeneratedRegex(@"^(select|alter|revoke|grant) .*$", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex SqlLine();

    [GeneratedRegex(@"MapParkedMessages\(""/api/(?<service>[\w-]+)""\)", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Parked();

    [GeneratedRegex(@"WithHttpProbe\(ProbeType\.\w+, ""(?<path>/health/\w+)""", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Probe();

    [GeneratedRegex(@"^\| (?<names>`[^|]*`) \|", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>[\w-]+)`", Options, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Name();
}
