using Directory.Auditing;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults.Persistence;

namespace Directory.Storage;

public sealed class DirectoryDb(DbContextOptions<DirectoryDb> options) : DbContext(options)
{
    internal DbSet<OrganizationUnit> Units => Set<OrganizationUnit>();
    internal DbSet<Position> Positions => Set<Position>();
    internal DbSet<Official> Officials => Set<Official>();
    internal DbSet<Assignment> Assignments => Set<Assignment>();
    internal DbSet<Account> Accounts => Set<Account>();
    internal DbSet<Session> Sessions => Set<Session>();
    internal DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();
    internal DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();
    internal DbSet<Snapshot> Snapshots => Set<Snapshot>();
    internal DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OrganizationUnit>(unit =>
        {
            unit.ToTable("unit");
            unit.Property(u => u.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<Position>(position =>
        {
            position.ToTable("position");
            position.Property(p => p.Kind).HasConversion<string>();
            position.Property(p => p.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<Official>(official =>
        {
            official.ToTable("official");
            official.Property(o => o.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<Assignment>(assignment =>
        {
            assignment.ToTable("assignment");
            assignment.Property(a => a.Kind).HasConversion<string>();
            assignment.Property(a => a.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<Account>(account =>
        {
            account.ToTable("account");
            account.Property(a => a.UserName).HasColumnName("UserLogin");
            account.Property(a => a.NormalizedUserName).HasColumnName("NormalizedUserLogin");
            account.Property(a => a.Version).IsConcurrencyToken();
            // The number is the official's, e-mail is not used, and Version is the one concurrency token.
            account.Ignore(a => a.PhoneNumber).Ignore(a => a.PhoneNumberConfirmed);
            account.Ignore(a => a.Email).Ignore(a => a.NormalizedEmail).Ignore(a => a.EmailConfirmed).Ignore(a => a.ConcurrencyStamp);
        });
        modelBuilder.Entity<IdentityUserToken<Guid>>(token =>
        {
            token.ToTable("account_token").HasKey(t => new { t.UserId, t.LoginProvider, t.Name });
            token.Property(t => t.UserId).HasColumnName("AccountId");
        });
        modelBuilder.Entity<Session>().ToTable("session");
        modelBuilder.Entity<RefreshToken>().ToTable("refresh_token").HasKey(token => token.Hash);
        modelBuilder.Entity<SigningKeyRow>().ToTable("signing_key").HasKey(key => key.KeyId);
        modelBuilder.Entity<Snapshot>(snapshot =>
        {
            snapshot.ToTable("snapshot").HasKey(s => s.Queue);
            snapshot.Property(s => s.Kind).HasConversion<string>();
        });
        modelBuilder.Entity<AuditEntry>(entry =>
        {
            entry.ToTable("audit_entry");
            entry.HasOne(e => e.Content).WithOne().HasForeignKey<AuditContent>(c => c.EntryId);
        });
        modelBuilder.Entity<AuditContent>(content =>
        {
            content.ToTable("audit_content").HasKey(c => c.EntryId);
            content.Property(c => c.Before).HasColumnType("json");
            content.Property(c => c.After).HasColumnType("json");
        });
        modelBuilder.UsePlatformTables();
    }
}

/// <summary>Rules that the database holds, by the names of their constraints.</summary>
internal static class Constraints
{
    public const string UnitCode = "unit_code_key";
    public const string UnitTree = "unit_without_cycle";
    public const string PositionCode = "position_code_key";
    public const string PositionKeyword = "position_keyword_key";
    public const string EmployeeNumber = "official_employee_number_key";
    public const string NoticePhone = "official_notice_phone_key";
    public const string SenderId = "official_sender_id_key";
    public const string OneHolder = "assignment_one_holder";
    public const string UserLogin = "account_normalized_user_login_key";
    public const string AccountOfOfficial = "account_official_id_key";

    /// <summary>The save broke this rule, of whatever sort it is: unique, check or exclusion.</summary>
    public static bool Breaks(this DbUpdateException failure, string constraint) =>
        failure.InnerException is PostgresException violation && violation.ConstraintName == constraint;
}
