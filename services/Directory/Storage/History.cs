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

/// <summary>What the organisation was during <c>[ValidFrom, ValidTo)</c>. Written by the database, as the next two.</summary>
internal sealed class OrganisationVersion
{
    public required string Name { get; init; }
    public required string SealText { get; init; }
    public required string[] Letterhead { get; init; }
    public required string Address { get; init; }
    public required string City { get; init; }
    public required string Telephone { get; init; }
    public required string Email { get; init; }
    public required string Website { get; init; }
    public required long Version { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; init; }
}

/// <summary>What an official was called. Numbers and sender IDs have a history of their own.</summary>
internal sealed class OfficialVersion
{
    public required Guid OfficialId { get; init; }
    public Official? Official { get; init; }
    public required string EmployeeNumber { get; init; }
    public required string Name { get; init; }
    public required long Version { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; init; }
}

/// <summary>What an account might.</summary>
internal sealed class AccountVersion
{
    public required Guid AccountId { get; init; }
    public required string UserLogin { get; init; }
    public required string NormalizedUserLogin { get; init; }
    public Guid? OfficialId { get; init; }
    public Official? Official { get; init; }
    public required List<string> Roles { get; init; }
    public required bool Enabled { get; init; }
    public required bool HasPassword { get; init; }
    public required bool TwoFactorEnabled { get; init; }
    public DateTimeOffset? OpenUntil { get; init; }
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

    public static IQueryable<OrganisationVersion> IdentityAsOf(this DirectoryDb db, DateTimeOffset at) =>
        db.Set<OrganisationVersion>().Where(organisation => organisation.ValidFrom <= at && (organisation.ValidTo == null || at < organisation.ValidTo));

    public static IQueryable<OfficialVersion> OfficialsAsOf(this DirectoryDb db, DateTimeOffset at) =>
        db.Set<OfficialVersion>().Where(official => official.ValidFrom <= at && (official.ValidTo == null || at < official.ValidTo));

    /// <summary>What officials were called then, by employee number; nobody is in it who was entered later, nor anybody where no instant is asked for.</summary>
    public static async Task<Dictionary<string, string>> NamesAsOfAsync(this DirectoryDb db, DateTimeOffset? at, IEnumerable<string> employeeNumbers, CancellationToken stop)
    {
        if (at is not { } instant)
            return [];
        var asked = employeeNumbers.Distinct(StringComparer.Ordinal).ToList();
        return await db.OfficialsAsOf(instant).Where(official => asked.Contains(official.EmployeeNumber))
            .ToDictionaryAsync(official => official.EmployeeNumber, official => official.Name, StringComparer.Ordinal, stop);
    }

    public static IQueryable<AccountVersion> AccountsAsOf(this DirectoryDb db, DateTimeOffset at) =>
        db.Set<AccountVersion>().Where(account => account.ValidFrom <= at && (account.ValidTo == null || at < account.ValidTo));

    internal static void Map(ModelBuilder model)
    {
        model.Entity<OrganisationVersion>().ToTable("organisation_version").HasKey(v => v.ValidFrom);
        model.Entity<OfficialVersion>(official =>
        {
            official.ToTable("official_version").HasKey(v => new { v.OfficialId, v.ValidFrom });
            official.HasOne(v => v.Official).WithMany().HasForeignKey(v => v.OfficialId);
        });
        model.Entity<AccountVersion>(account =>
        {
            account.ToTable("account_version").HasKey(v => new { v.AccountId, v.ValidFrom });
            account.HasOne(v => v.Official).WithMany().HasForeignKey(v => v.OfficialId);
        });
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
