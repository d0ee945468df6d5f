using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Contracts.InboundSms;
using MassTransit;

namespace Architecture.Tests;

public sealed partial class ArchitectureTests
{
    private static readonly Assembly Contracts = typeof(SmsReceived).Assembly;
    private static readonly Assembly Defaults = typeof(global::ServiceDefaults.ServiceDefaults).Assembly;

    public static TheoryData<string> Services => ["Broadcast", "Directory", "InboundSms", "Notification"];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_knows_contracts_and_ServiceDefaults_and_no_other_service(string service)
    {
        var own = Assembly.Load(service);
        var ours = own.GetReferencedAssemblies().Select(reference => reference.Name!).Intersect([.. Services.Select(row => row.Data), "Gateway"]);
        ours.ShouldBeEmpty();
    }

    [Fact]
    public void Contracts_know_nothing_of_ours_and_no_library() =>
        Contracts.GetReferencedAssemblies().Select(reference => reference.Name!).ShouldAllBe(name => name.StartsWith("System", StringComparison.Ordinal));

    [Fact]
    public void Contracts_are_sealed_records_of_plain_members()
    {
        foreach (var type in Contracts.GetTypes().Where(type => type.IsPublic && !type.IsEnum))
        {
            type.IsSealed.ShouldBeTrue(type.Name);
            type.GetMethod("<Clone>$").ShouldNotBeNull(type.Name);
            foreach (var property in type.GetProperties())
                IsPlain(property.PropertyType).ShouldBeTrue($"{type.Name}.{property.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Every_class_is_sealed(string service) =>
        Assembly.Load(service).GetTypes().Concat(Defaults.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false } && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
            .Where(type => type.Namespace?.Contains("Generated", StringComparison.Ordinal) is false && !Inherited(type) && !type.Name.Contains('<', StringComparison.Ordinal))
            .Select(type => type.FullName).ShouldBeEmpty();

    /// <summary>.NET 10's validation generator skips types that are not public, and bad data would get 2xx.</summary>
    [Fact]
    public void Every_bound_request_is_public()
    {
        var requests = Services.SelectMany(row => Assembly.Load(row.Data).GetTypes()).Where(type => type.Name == "Request").ToList();
        requests.ShouldNotBeEmpty();
        requests.Where(type => !type.IsNestedPublic && !type.IsPublic).Select(type => type.FullName).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void MassTransit_is_seen_only_as_IConsumer_outside_ServiceDefaults(string service)
    {
        foreach (var file in Sources($"services/{service}").Where(file => !file.EndsWith($"{service}Service.cs", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(file);
            if (text.Contains("using MassTransit;", StringComparison.Ordinal))
                (text.Contains("IConsumer<", StringComparison.Ordinal) || text.Contains("IBus bus", StringComparison.Ordinal)).ShouldBeTrue(file);
        }
    }

    /// <summary>Each message stands in the catalogue, and one that nobody consumes would wait in an outbox for ever.</summary>
    [Fact]
    public void Every_message_is_in_the_catalogue_and_has_a_consumer()
    {
        var catalogue = File.ReadAllText(Path.Combine(Repository.Root, "services/Contracts/README.md"));
        var consumed = Services.Select(row => Assembly.Load(row.Data)).Append(Defaults).SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetInterfaces())
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConsumer<>)).Select(i => i.GetGenericArguments()[0].Name).ToHashSet(StringComparer.Ordinal);
        var rows = CatalogueRow().Matches(catalogue).Select(match => match.Groups["message"].Value).ToList();
        rows.ShouldNotBeEmpty();
        rows.Where(message => Contracts.GetTypes().All(type => type.Name != message)).ShouldBeEmpty();
        var parts = Contracts.GetTypes().SelectMany(type => type.GetProperties()).Select(property => property.PropertyType)
            .Where(type => type.IsGenericType).Select(type => type.GetGenericArguments()[0]).Where(type => !consumed.Contains(type.Name)).ToHashSet();
        foreach (var message in Contracts.GetTypes().Where(type => type.IsPublic && !type.IsEnum && !parts.Contains(type)))
        {
            rows.ShouldContain(message.Name);
            consumed.ShouldContain(message.Name);
        }
    }

    [Fact]
    public void A_source_file_is_one_thing_and_can_be_read() =>
        Sources("services").Concat(Sources("ServiceDefaults")).Concat(Sources("gateway"))
            .Select(file => (File: Path.GetRelativePath(Repository.Root, file), Lines: File.ReadLines(file).Count())).Where(file => file.Lines > 200).ShouldBeEmpty();

    private static bool IsPlain(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? IsPlain(inner)
        : type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Guid) || type == typeof(DateTimeOffset) || type == typeof(decimal)
        || type.Assembly == Contracts
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) && IsPlain(type.GetGenericArguments()[0]));

    private static bool Inherited(Type type) => type.Assembly.GetTypes().Any(other => other.BaseType == type);

    private static IEnumerable<string> Sources(string folder) => System.IO.Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories);

    [GeneratedRegex(@"^\| `(?<message>\w+)` \|", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CatalogueRow();
}
