using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.DirectoryCopy;

/// <summary>
/// What a service keeps of the directory, so that it works while Directory is away. A copy is a consumer here and a line in the service's project file that embeds
/// its migrations; whether it is whole is compared every few seconds, and mended by a snapshot where it is not.
/// </summary>
public static class DirectoryCopies
{
    /// <summary>Units, positions, assignments, officials' names and the roles that are granted to them.</summary>
    public static void AddOrganisationCopy(this IBusRegistrationConfigurator consumers) => consumers.AddCopy<KeepOrganisation>(
        "organisation", ("unit", "organisation.unit"), ("position", "organisation.position"), ("assignment", "organisation.assignment"),
        ("official", "organisation.official"), ("roles", "organisation.granted_roles"));

    /// <summary>Notice phones and sender IDs: personal data, for Notification and Broadcast alone.</summary>
    public static void AddContactCopy(this IBusRegistrationConfigurator consumers) => consumers.AddCopy<KeepContact>("contacts", ("contact", "contacts.contact"));

    private static void AddCopy<TConsumer>(this IBusRegistrationConfigurator consumers, string name, params (string Kind, string Table)[] tables)
        where TConsumer : class, IConsumer
    {
        consumers.AddConsumer<TConsumer>();
        var isFirst = consumers.All(service => service.ServiceType != typeof(KeptCopy));
        consumers.AddSingleton(services => new KeptCopy(name, services.GetRequiredService<IEndpointNameFormatter>().Consumer<TConsumer>(), tables));
        if (!isFirst)
            return;
        consumers.AddConsumer<CompareWithDirectory>();
        consumers.AddSingleton<CopyState>();
        consumers.AddHostedService<WatchCopies>();
        consumers.AddHealthChecks().AddCheck<CopyCheck>("directory-copy", HealthStatus.Degraded);
    }
}

/// <summary>A copy that this service keeps.</summary>
/// <param name="Name">In metrics, health and <c>directory_copy</c>.</param>
/// <param name="Queue">Of its consumer: where a snapshot is sent to.</param>
/// <param name="Tables">For each kind of Directory's mark, the table that copies it.</param>
internal sealed record KeptCopy(string Name, string Queue, IReadOnlyList<(string Kind, string Table)> Tables);

/// <summary>How a copy compared with Directory's last mark.</summary>
internal sealed class KeptCopyRow
{
    public required string Name { get; init; }
    /// <summary>When Directory said so, by its clock; orders the marks.</summary>
    public DateTimeOffset? MarkedAt { get; set; }
    public DateTimeOffset? HeardAt { get; set; }
    /// <summary>Changes by which the two differ.</summary>
    public long Behind { get; set; }
    public DateTimeOffset? AgreedAt { get; set; }
    public DateTimeOffset? AskedAt { get; set; }
}
