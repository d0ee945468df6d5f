using Contracts.Directory;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.DirectoryCopy;

/// <summary>Copy of a unit of the directory.</summary>
public sealed class Unit
{
    public required Guid Id { get; init; }
    public required string Code { get; init; }
    public required string Name { get; init; }
    /// <summary>The unit above; null for the root.</summary>
    public Guid? ParentId { get; init; }
    /// <summary>Null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
    public required long Version { get; init; }
}

/// <summary>Copy of a position of the directory.</summary>
public sealed class Position
{
    public required Guid Id { get; init; }
    public required Guid UnitId { get; init; }
    public required string Code { get; init; }
    public required string Title { get; init; }
    /// <summary>Mayor, DeputyMayor, RegionalSecretary, Assistant, HeadOfUnit or Staff.</summary>
    public string? Kind { get; init; }
    public string? Grade { get; init; }
    /// <summary>Whoever holds it signs documents.</summary>
    public bool SignsDocuments { get; init; }
    /// <summary>Null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
    public required long Version { get; init; }
}

/// <summary>Copy of a word of a position: it names the position during <c>[ValidFrom, ValidTo)</c>.</summary>
public sealed class PositionKeyword
{
    public required Guid PositionId { get; init; }
    public required string Word { get; init; }
    public required KeywordKind Kind { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; init; }
}

/// <summary>Copy of an assignment of the directory: <c>[ValidFrom, ValidTo)</c>. Acting holders are holders.</summary>
public sealed class Assignment
{
    public required Guid Id { get; init; }
    public required Guid OfficialId { get; init; }
    public required Guid PositionId { get; init; }
    public AssignmentKind Kind { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; init; }
    public required long Version { get; init; }
}

/// <summary>Copy of who an official is. One of whom nothing is known yet is missing.</summary>
public sealed class Official
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required long Version { get; init; }
}

/// <summary>Copy of what is granted to an official's account: whom a notice to the secretariat reaches. It permits nothing, the access token does.</summary>
public sealed class GrantedRoles
{
    public required Guid OfficialId { get; init; }
    public required List<string> Roles { get; init; }
    public required long Version { get; init; }
}

/// <summary>Mapping of the copy in the context of a service that keeps it.</summary>
public static class Organisation
{
    /// <summary>Schema of the copy's tables: nobody takes them for the service's own.</summary>
    internal const string Schema = "organisation";

    /// <summary>Maps units, positions with their words, assignments, officials and granted roles; before <c>UsePlatformTables</c>, which names the columns.</summary>
    public static void UseOrganisation(this ModelBuilder model)
    {
        model.Entity<Unit>().ToTable("unit", Schema);
        model.Entity<Position>().ToTable("position", Schema);
        model.Entity<PositionKeyword>(keyword =>
        {
            // Only read: the words of a position are written as a whole.
            keyword.ToTable("position_keyword", Schema).HasNoKey();
            keyword.Property(k => k.Kind).HasConversion<string>();
        });
        model.Entity<Assignment>(assignment =>
        {
            assignment.ToTable("assignment", Schema);
            assignment.Property(a => a.Kind).HasConversion<string>();
        });
        model.Entity<Official>().ToTable("official", Schema);
        model.Entity<GrantedRoles>().ToTable("granted_roles", Schema).HasKey(granted => granted.OfficialId);
    }
}
