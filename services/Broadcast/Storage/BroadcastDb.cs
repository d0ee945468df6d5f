using Microsoft.EntityFrameworkCore;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Persistence;
using ServiceDefaults.Reports;

namespace Broadcast.Storage;

/// <summary>All mappings of the service.</summary>
public sealed class BroadcastDb(DbContextOptions<BroadcastDb> options) : DbContext(options)
{
    internal DbSet<BroadcastMessage> Broadcasts => Set<BroadcastMessage>();
    internal DbSet<Revision> Revisions => Set<Revision>();
    internal DbSet<Decision> Decisions => Set<Decision>();
    internal DbSet<Recipient> Recipients => Set<Recipient>();
    internal DbSet<BroadcastEvent> Events => Set<BroadcastEvent>();
    internal DbSet<AuthorizationLetter> Letters => Set<AuthorizationLetter>();
    internal DbSet<BroadcastTemplate> Templates => Set<BroadcastTemplate>();
    internal DbSet<ExaminationMandate> Mandates => Set<ExaminationMandate>();
    internal DbSet<ExaminationWord> ExaminationWords => Set<ExaminationWord>();
    internal DbSet<RecipientList> RecipientLists => Set<RecipientList>();
    internal DbSet<RecipientListEntry> ListEntries => Set<RecipientListEntry>();

    internal DbSet<SendingProgress> Sendings => Set<SendingProgress>();

    // The copy of the organisation.
    internal DbSet<Unit> Units => Set<Unit>();
    internal DbSet<Position> Positions => Set<Position>();
    internal DbSet<Assignment> Assignments => Set<Assignment>();
    internal DbSet<Official> Officials => Set<Official>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<BroadcastMessage>(broadcast =>
        {
            broadcast.ToTable("broadcast").HasKey(b => b.Id);
            broadcast.Property(b => b.Id).ValueGeneratedNever();
            broadcast.Property(b => b.Number).UseIdentityAlwaysColumn();
            broadcast.Property(b => b.Kind).HasConversion<string>();
            broadcast.Property(b => b.State).HasConversion<string>();
            broadcast.Property(b => b.OriginatorBasis).HasConversion<string>();
            broadcast.Property(b => b.Afterwards).HasConversion<string>();
            // Who acted is shown by name. The copy may not know him yet, so nothing is lost without him.
            broadcast.HasOne(b => b.Originator).WithMany().HasForeignKey(b => b.OriginatorId).IsRequired(false);
            broadcast.Navigation(b => b.Originator).AutoInclude();
            broadcast.Property(b => b.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<Revision>(revision =>
        {
            revision.ToTable("revision").HasKey(r => new { r.BroadcastId, r.No });
            revision.Property(r => r.Audience).HasColumnType("jsonb");
            revision.Property(r => r.Invitation).HasColumnType("jsonb");
            revision.Property(r => r.Answers).HasConversion<string>();
            revision.HasOne(r => r.AuthorOfficial).WithMany().HasForeignKey(r => r.AuthorOfficialId);
            revision.Navigation(r => r.AuthorOfficial).AutoInclude();
        });
        modelBuilder.Entity<Decision>(decision =>
        {
            decision.ToTable("decision").HasKey(d => d.Id);
            decision.Property(d => d.Id).ValueGeneratedNever();
            decision.Property(d => d.Outcome).HasConversion<string>();
            decision.Property(d => d.Checklist).HasColumnType("json");
            decision.HasOne(d => d.Official).WithMany().HasForeignKey(d => d.OfficialId);
            decision.Navigation(d => d.Official).AutoInclude();
        });
        modelBuilder.Entity<Recipient>(recipient =>
        {
            recipient.ToTable("recipient").HasKey(r => new { r.BroadcastId, r.Revision, r.OfficialId });
            recipient.Property(r => r.State).HasConversion<string>();
        });
        modelBuilder.Entity<BroadcastEvent>(row =>
        {
            row.ToTable("broadcast_event").HasKey(e => e.Seq);
            row.Property(e => e.Seq).UseIdentityAlwaysColumn();
            row.Property(e => e.Details).HasColumnType("json");
        });
        modelBuilder.Entity<SendingProgress>(sending =>
        {
            sending.ToTable("sending").HasKey(s => s.BroadcastId);
            sending.Property(s => s.BroadcastId).ValueGeneratedNever();
        });
        modelBuilder.Entity<AuthorizationLetter>(letter =>
        {
            letter.ToTable("authorization_letter").HasKey(l => l.Id);
            letter.Property(l => l.Id).ValueGeneratedNever();
            letter.Property(l => l.GrantedAs).HasConversion<string>();
            letter.Property(l => l.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<RecipientList>(list =>
        {
            list.ToTable("recipient_list").HasKey(l => l.Id);
            list.Property(l => l.Id).ValueGeneratedNever();
            list.Property(l => l.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<RecipientListEntry>(entry =>
        {
            entry.ToTable("recipient_list_entry").HasKey(e => e.Id);
            entry.Property(e => e.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<BroadcastTemplate>(template =>
        {
            template.ToTable("broadcast_template").HasKey(t => t.Id);
            template.Property(t => t.Id).ValueGeneratedNever();
            template.Property(t => t.Kind).HasConversion<string>();
            template.Property(t => t.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<ExaminationMandate>(mandate =>
        {
            mandate.ToTable("examination_mandate").HasKey(m => m.Id);
            mandate.Property(m => m.Id).ValueGeneratedNever();
            mandate.Property(m => m.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<ExaminationWord>(word =>
        {
            word.ToTable("examination_word").HasKey(w => w.Id);
            word.Property(w => w.Id).ValueGeneratedNever();
            word.Property(w => w.Concern).HasConversion<string>();
        });
        ReceivingTables.Map(modelBuilder);
        modelBuilder.UseMonthlyReports();
        modelBuilder.UseOrganisation();
        modelBuilder.UsePlatformTables();
    }
}
