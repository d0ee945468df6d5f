using MassTransit;

namespace ServiceDefaults.DirectoryCopy;

/// <summary>
/// What a service keeps of the directory, so that it works while Directory is away: each copy is a consumer here and a line in the project file that embeds its
/// migrations.
/// </summary>
public static class DirectoryCopies
{
    /// <summary>Units, positions and assignments.</summary>
    public static void AddOrganisationCopy(this IBusRegistrationConfigurator consumers) => consumers.AddConsumer<KeepOrganisation>();

    /// <summary>Notice phones and sender IDs: personal data, for Notification alone.</summary>
    public static void AddContactCopy(this IBusRegistrationConfigurator consumers) => consumers.AddConsumer<KeepContact>();
}
