namespace InboundSms.Storage;

/// <summary>Copy of a unit of the directory.</summary>
internal sealed class Unit
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required long Version { get; init; }
}

/// <summary>Copy of a position of the directory.</summary>
internal sealed class Position
{
    public required Guid Id { get; init; }
    public required Guid UnitId { get; init; }
    public required string Title { get; init; }
    public string? Keyword { get; init; }
    public required long Version { get; init; }
}

/// <summary>Copy of an assignment of the directory: <c>[ValidFrom, ValidTo)</c>.</summary>
internal sealed class Assignment
{
    public required Guid Id { get; init; }
    public required Guid OfficialId { get; init; }
    public required Guid PositionId { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; init; }
    public required long Version { get; init; }
}
