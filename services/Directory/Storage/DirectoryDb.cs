using Directory.Auditing;
using Directory.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Storage;

public sealed class DirectoryDb(DbContextOptions<DirectoryDb> options) : DbContext(options)
{
    internal DbSet<OrganizationUnit> Units => Set<OrganizationUnit>();
    internal DbSet<Position> Positions => Set<Position>();
    internal DbSet<Official> Officials => Set<Official>();
    internal DbSet<Assignment> Assignments => Set<Assignment>();
    internal DbSet<PositionKeyword> PositionKeywords => Set<PositionKeyword>();
    internal DbSet<OfficialSenderId> OfficialSenderIds => Set<OfficialSenderId>();
    internal DbSet<FormerNoticePhone> FormerNoticePhones => Set<FormerNoticePhone>();
    internal DbSet<NoticePhoneProposal> NoticePhoneProposals => Set<NoticePhoneProposal>();
    internal DbSet<NoticePhoneReminder> NoticePhoneReminders => Set<NoticePhoneReminder>();
    internal DbSet<UnitOperator> UnitOperators => Set<UnitOperator>();
    internal DbSet<Account> Accounts => Set<Account>();
    internal DbSet<Session> Sessions => Set<Session>();
    internal DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();
    internal DbSet<SecondFactor> SecondFactors => Set<SecondFactor>();
    internal DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    internal DbSet<OneTimeCodeRequest> OneTimeCodeRequests => Set<OneTimeCodeRequest>();
    internal DbSet<OneTimeCode> OneTimeCodes => Set<OneTimeCode>();
    internal DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();
    internal DbSet<Snapshot> Snapshots => Set<Snapshot>();
    internal DbSet<OrganisationImport> Imports => Set<OrganisationImport>();
    internal DbSet<ImportProblem> ImportProblems => Set<ImportProblem>();
    internal DbSet<Application> Applications => Set<Application>();
    internal DbSet<ApplicationKey> ApplicationKeys => Set<ApplicationKey>();
    internal DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    internal DbSet<OrganisationIdentity> Identities => Set<OrganisationIdentity>();
    internal DbSet<Reorganisation> Reorganisations => Set<Reorganisation>();

    /// <summary>Set while a reorganisation is applied: what changes holds since its instant, however late that happens.</summary>
    internal DateTimeOffset? EffectiveAt { get; set; }

    /// <summary>The instant since which a change that is made now holds.</summary>
    internal DateTimeOffset EffectiveNow => EffectiveAt ?? this.GetService<TimeProvider>().GetUtcNow().InMicroseconds;

    internal NoticePhoneOptions NoticePhones => this.GetService<IOptions<NoticePhoneOptions>>().Value;

    internal RestOptions Rest => this.GetService<IOptions<RestOptions>>().Value;

    /// <summary>A unit and all below it. Access to a subtree is asked here, never by the beginning of a code: 1.2 is not above 1.20.</summary>
    /// <param name="root">The unit at the top.</param>
    /// <param name="at">As the tree was then; <see cref="History.AsItIs"/> as it is.</param>
    internal IQueryable<UnitBelow> UnitsBelow(Guid root, DateTimeOffset at) => FromExpression(() => UnitsBelow(root, at));

    /// <summary>Tells the database since when changes hold; it writes the history.</summary>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        foreach (var entry in ChangeTracker.Entries().Where(entry =>
            entry.Entity is OrganizationUnit or Position or Official or Account or OrganisationIdentity && entry.State is EntityState.Added or EntityState.Modified))
        {
            var asOf = entry.Property(AsOf);
            asOf.CurrentValue = entry.State is EntityState.Added && asOf.CurrentValue is { } said ? said : EffectiveNow;
            asOf.IsModified = entry.State is EntityState.Modified;
        }

        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <summary>A row that is being added has been so for longer: it is known that late only.</summary>
    internal void HoldsSince(object added, DateTimeOffset since) => Entry(added).Property(AsOf).CurrentValue = since;

    private const string AsOf = nameof(AsOf);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OrganizationUnit>(unit =>
        {
            unit.ToTable("unit");
            unit.Property(u => u.Version).IsConcurrencyToken();
            unit.Property<DateTimeOffset?>(AsOf);
        });
        modelBuilder.Entity<Position>(position =>
        {
            position.ToTable("position");
            position.Property(p => p.Kind).HasConversion<string>();
            position.Property(p => p.Version).IsConcurrencyToken();
            position.Property<DateTimeOffset?>(AsOf);
            position.Navigation(p => p.Keywords).AutoInclude();
        });
        modelBuilder.Entity<PositionKeyword>(keyword =>
        {
            keyword.ToTable("position_keyword");
            keyword.Property(k => k.Id).ValueGeneratedNever();
            keyword.Property(k => k.Kind).HasConversion<string>();
        });
        modelBuilder.Entity<Official>(official =>
        {
            official.ToTable("official");
            official.Property(o => o.Version).IsConcurrencyToken();
            official.Property<DateTimeOffset?>(AsOf);
            official.Navigation(o => o.SenderIds).AutoInclude();
        });
        modelBuilder.Entity<OfficialSenderId>(senderId =>
        {
            senderId.ToTable("official_sender_id");
            senderId.Property(s => s.Id).ValueGeneratedNever();
        });
        modelBuilder.HasDbFunction(() => Contact.Looks(default!)).HasName("looks");
        NoticePhoneTables.Map(modelBuilder);
        modelBuilder.Entity<UnitOperator>(unitOperator =>
        {
            unitOperator.ToTable("unit_operator");
            unitOperator.Property(o => o.Version).IsConcurrencyToken();
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
            account.Property<DateTimeOffset?>(AsOf);
            // The number is the official's, e-mail is not used, and Version is the one concurrency token.
            account.Ignore(a => a.PhoneNumber).Ignore(a => a.PhoneNumberConfirmed);
            account.Ignore(a => a.Email).Ignore(a => a.NormalizedEmail).Ignore(a => a.EmailConfirmed).Ignore(a => a.ConcurrencyStamp);
        });
        modelBuilder.Entity<SecondFactor>(factor =>
        {
            factor.ToTable("second_factor").HasKey(f => f.AccountId);
            // What is confirmed is the secret that was proved.
            factor.Property(f => f.Secret).IsConcurrencyToken();
        });
        modelBuilder.Entity<RecoveryCode>().ToTable("recovery_code").HasKey(code => code.Hash);
        modelBuilder.Entity<OneTimeCodeRequest>().ToTable("one_time_code_request");
        modelBuilder.Entity<OneTimeCode>().ToTable("one_time_code").HasKey(code => code.AccountId);
        modelBuilder.Entity<Session>().ToTable("session");
        modelBuilder.Entity<RefreshToken>().ToTable("refresh_token").HasKey(token => token.Hash);
        modelBuilder.Entity<SigningKeyRow>().ToTable("signing_key").HasKey(key => key.KeyId);
        modelBuilder.Entity<Snapshot>(snapshot =>
        {
            snapshot.ToTable("snapshot").HasKey(s => s.Queue);
            snapshot.Property(s => s.Kind).HasConversion<string>();
        });
        modelBuilder.Entity<OrganisationImport>(import =>
        {
            import.ToTable("organisation_import");
            import.Property(i => i.State).HasConversion<string>();
        });
        modelBuilder.Entity<ImportProblem>(problem =>
        {
            problem.ToTable("import_problem").HasKey(p => new { p.ImportId, p.Number });
            problem.Property(p => p.Row).HasColumnName("RowNumber");
            problem.Property(p => p.Column).HasColumnName("ColumnName");
        });
        modelBuilder.Entity<Application>(application =>
        {
            application.ToTable("application");
            application.Property(a => a.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<ApplicationKey>().ToTable("application_key");
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
        modelBuilder.Entity<OrganisationIdentity>(organisation =>
        {
            organisation.ToTable("organisation");
            organisation.Property(o => o.Version).IsConcurrencyToken();
            organisation.Property<DateTimeOffset?>(AsOf);
        });
        modelBuilder.Entity<Reorganisation>(reorganisation =>
        {
            reorganisation.ToTable("reorganisation");
            reorganisation.Property(r => r.Status).HasConversion<string>();
            reorganisation.Property(r => r.StepsJson).HasColumnName("Steps").HasColumnType("json");
            reorganisation.Ignore(r => r.Steps);
            reorganisation.Property(r => r.Version).IsConcurrencyToken();
        });
        History.Map(modelBuilder);
        modelBuilder.UsePlatformTables();
    }
}
