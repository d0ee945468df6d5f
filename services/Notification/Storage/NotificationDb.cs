using Microsoft.EntityFrameworkCore;
using Notification.Operating;
using ServiceDefaults.Persistence;

namespace Notification.Storage;

/// <summary>All mappings of the service.</summary>
public sealed class NotificationDb(DbContextOptions<NotificationDb> options) : DbContext(options)
{
    internal DbSet<Sms> Sms => Set<Sms>();
    internal DbSet<SmsContent> Contents => Set<SmsContent>();
    internal DbSet<DeliveryEvent> Events => Set<DeliveryEvent>();
    internal DbSet<Report> Reports => Set<Report>();
    internal DbSet<Pause> Pauses => Set<Pause>();

    /// <summary>Set by whoever writes an SMS that is due: the senders wake when the transaction commits.</summary>
    internal bool HasNewSms { get; set; }

    /// <summary>The row, locked until the transaction ends: an answer, a report and the sweeper of two instances take turns.</summary>
    internal async Task<Sms> LockSmsAsync(Guid id, CancellationToken stop) =>
        (await Sms.FromSql($"select * from sms where id = {id} for update").ToListAsync(stop))[0];

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Sms>(sms =>
        {
            sms.ToTable("sms").HasKey(s => s.Id);
            sms.Property(s => s.Id).ValueGeneratedNever();
            sms.Property(s => s.State).HasConversion<string>();
            sms.Property(s => s.Purpose).HasConversion<string>();
        });
        modelBuilder.Entity<SmsContent>().ToTable("sms_content").HasKey(content => content.SmsId);
        modelBuilder.Entity<DeliveryEvent>(row =>
        {
            row.ToTable("delivery_event").HasKey(e => e.Seq);
            row.Property(e => e.Seq).UseIdentityAlwaysColumn();
            row.Property(e => e.Told).HasConversion<string>();
            row.Property(e => e.Effect).HasConversion<string>();
        });
        modelBuilder.Entity<Report>(report =>
        {
            report.ToTable("report").HasKey(r => r.Seq);
            report.Property(r => r.Told).HasConversion<string>();
        });
        modelBuilder.Entity<Pause>(pause =>
        {
            pause.ToTable("pause").HasKey(p => new { p.Kind, p.Name });
            pause.Property(p => p.Kind).HasConversion<string>();
        });
        modelBuilder.UsePlatformTables();
    }
}
