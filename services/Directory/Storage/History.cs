using Microsoft.EntityFrameworkCore;

namespace Directory.Storage;

/// <summary>A unit as it was during <c>[ValidFrom, ValidTo)</c>. Written by the database.</summary>
internal sealed class UnitVersion
{
    public required Guid UnitId { get; init; }
    public required string Code { get; init; }
    public required string Name { get; init; }
    public Guid? ParentId { get; init; }
    public OrganizationUnit? Parent { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public required long Version { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; init; }
}

/// <summary>A position as it was during <c>[ValidFrom, ValidTo)</c>. Written by the database.</summary>
internal sealed class PositionVersion
{
    public required Guid PositionId { get; init; }
    public required string Code { get; init; }
    public required string Title { get; init; }
    public required PositionKind Kind { get; init; }
    public string? Grade { get; init; }
    public bool SignsDocuments { get; init; }
    public required Guid UnitId { get; init; }
    public OrganizationUnit? Unit { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public required long Version { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; init; }
}

/// <summary>A unit of a subtree.</summary>
internal sealed class UnitBelow
{
    public Guid UnitId { get; init; }
}

/// <summary>The organisation as of an instant; <see cref="AsItIs"/> for the last word.</summary>
internal static class History
{
    public static readonly DateTimeOffset AsItIs = DateTimeOffset.MaxValue;

    public static IQueryable<UnitVersion> UnitsAsOf(this DirectoryDb db, DateTimeOffset at) =>
        db.Set<UnitVersion>().Where(unit => unit.ValidFrom <= at && (unit.ValidTo == null || at < unit.ValidTo));

    public static IQueryable<PositionVersion> PositionsAsOf(this DirectoryDb db, DateTimeOffset at) =>
        db.Set<PositionVersion>().Where(position => position.ValidFrom <= at && (position.ValidTo == null || at < position.ValidTo));

    internal static void Map(ModelBuilder model)
    {
        model.Entity<UnitVersion>(unit =>
        {
            unit.ToTable("unit_version").HasKey(v => new { v.UnitId, v.ValidFrom });
            unit.HasOne(v => v.Parent).WithMany().HasForeignKey(v => v.ParentId);
        });
        model.Entity<PositionVersion>(position =>
        {
            position.ToTable("position_version").HasKey(v => new { v.PositionId, v.ValidFrom });
            position.HasOne(v => v.Unit).WithMany().HasForeignKey(v => v.UnitId);
            position.Property(v => v.Kind).HasConversion<string>();
        });
        model.Entity<UnitBelow>().HasNoKey();
        model.HasDbFunction(() => default(DirectoryDb)!.UnitsBelow(default, default)).HasName("units_below");
    }
}
