using Contracts.Directory;

namespace Directory.Storage;

/// <summary>Department, office, sub-district (Perangkat Daerah, SKPD, Unit Kerja).</summary>
internal sealed class OrganizationUnit
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Code { get; init; }
    public required string Name { get; set; }
    public Guid? ParentId { get; set; }
    public OrganizationUnit? Parent { get; init; }
    public DateTimeOffset? ClosedAt { get; set; }
    public long Version { get; set; } = 1;

    public UnitChanged Changed() =>
        new() { UnitId = Id, Code = Code, Name = Name, ParentId = ParentId, ClosedAt = ClosedAt, Version = Version };
}

/// <summary>The kinds of BJN 12(1)a and KOR 8 by which later rules choose people.</summary>
public enum PositionKind
{
    Mayor,
    DeputyMayor,
    RegionalSecretary,
    Assistant,
    HeadOfUnit,
    Staff,
}

/// <summary>A post in a unit. The keyword is the post's, not its holder's: the institution answers (BJN 12(6)).</summary>
internal sealed class Position
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Code { get; init; }
    public required string Title { get; set; }
    public required PositionKind Kind { get; init; }
    /// <summary>Eselon or class, as the organisation writes it.</summary>
    public string? Grade { get; set; }
    public required Guid UnitId { get; set; }
    public OrganizationUnit? Unit { get; init; }
    public string? Keyword { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }
    public long Version { get; set; } = 1;

    public PositionChanged Changed() => new()
    {
        PositionId = Id,
        UnitId = UnitId,
        Code = Code,
        Title = Title,
        Keyword = Keyword,
        Kind = Kind.ToString(),
        Grade = Grade,
        ClosedAt = ClosedAt,
        Version = Version,
    };
}

/// <summary>A person who holds positions.</summary>
internal sealed class Official
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string EmployeeNumber { get; init; }
    public required string Name { get; set; }
    /// <summary>E.164. Personal data.</summary>
    public string? NoticePhone { get; set; }
    public string? SenderId { get; set; }
    public long Version { get; set; } = 1;

    public ContactChanged ContactChanged() => new() { OfficialId = Id, NoticePhone = NoticePhone, SenderId = SenderId, Version = Version };
}

internal enum AssignmentKind
{
    Definitive,
}

/// <summary>An official holds a position during <c>[HeldFrom, HeldTo)</c>. Never deleted: it is the history.</summary>
internal sealed class Assignment
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid OfficialId { get; init; }
    public Official? Official { get; init; }
    public required Guid PositionId { get; init; }
    public Position? Position { get; init; }
    public AssignmentKind Kind { get; init; } = AssignmentKind.Definitive;
    public required DateTimeOffset HeldFrom { get; init; }
    public DateTimeOffset? HeldTo { get; set; }
    public long Version { get; set; } = 1;

    public AssignmentChanged Changed() =>
        new() { AssignmentId = Id, OfficialId = OfficialId, PositionId = PositionId, From = HeldFrom, To = HeldTo, Version = Version };
}
