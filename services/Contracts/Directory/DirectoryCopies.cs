namespace Contracts.Directory;

/// <summary>
/// How much Directory has, at one instant: a service tells by it whether its copy is whole. Published every five seconds and worth nothing after a minute.
/// </summary>
public sealed record DirectoryMarkPublished
{
    /// <summary>When it was so; an older mark that arrives later is ignored.</summary>
    public required DateTimeOffset At { get; init; }
    public required IReadOnlyList<KindMark> Kinds { get; init; }
}

/// <summary>How much there is of one kind. A copy that has as many rows and changes is the same: nothing is deleted, and each change raises one version by one.</summary>
public sealed record KindMark
{
    /// <summary><c>unit</c>, <c>position</c>, <c>assignment</c>, <c>official</c>, <c>roles</c>, <c>contact</c>; a receiver leaves out those that it does not know.</summary>
    public required string Kind { get; init; }
    public required long Rows { get; init; }
    /// <summary>Sum of the versions.</summary>
    public required long Changes { get; init; }
}

/// <summary>
/// Asks Directory to send everything that this copy may hold, to this copy alone. One at a time for a copy: asking again while it is being sent changes nothing.
/// </summary>
public sealed record SendSnapshot
{
    /// <summary>The queue that keeps the copy, <c>&lt;service&gt;-keep-organisation</c> or <c>notification-keep-contact</c>, <c>broadcast-keep-contact</c>. Phone numbers go to the latter two only.</summary>
    public required string Queue { get; init; }
}

/// <summary>
/// Many units, positions, assignments, officials and granted roles at once, as they are: after an import to every service, of a snapshot to who asked for it. Applied
/// like the single events.
/// </summary>
public sealed record OrganisationPublished
{
    public IReadOnlyList<UnitChanged> Units { get; init; } = [];
    public IReadOnlyList<PositionChanged> Positions { get; init; } = [];
    public IReadOnlyList<AssignmentChanged> Assignments { get; init; } = [];
    public IReadOnlyList<OfficialChanged> Officials { get; init; } = [];
    public IReadOnlyList<GrantedRolesChanged> Roles { get; init; } = [];
}

/// <summary>Many contacts at once, as they are. Personal data: the phone numbers.</summary>
public sealed record ContactsPublished
{
    public required IReadOnlyList<ContactChanged> Contacts { get; init; }
}
