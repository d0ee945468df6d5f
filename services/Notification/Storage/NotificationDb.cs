using Microsoft.EntityFrameworkCore;
using Notification.Groups;
using Notification.Operating;
using Notification.Preferences;
using ServiceDefaults.Persistence;

namespace Notification.Storage;

/// <summary>All mappings of the service.</summary>
public sealed class NotificationDb(DbContextOptions<NotificationDb> options) : DbContext(options)
{
    internal DbSet<Sms> Sms => Set<Sms>();
    internal DbSet<SmsContent> Contents => Set<SmsContent>();
    internal DbSet<DeliveryEvent> Events => Set<DeliveryEvent>();
    internal DbSet<EarlierHandover> EarlierHandovers => Set<EarlierHandover>();
    internal DbSet<Report> Reports => Set<Report>();
    internal DbSet<Pause> Pauses => Set<Pause>();
    internal DbSet<ApplicationMessage> ApplicationMessages => Set<ApplicationMessage>();
    internal DbSet<SendingApplication> SendingApplications => Set<SendingApplication>();
    internal DbSet<ApplicationDay> ApplicationDays => Set<ApplicationDay>();
    internal DbSet<Email> Emails => Set<Email>();
    internal DbSet<EmailContent> EmailContents => Set<EmailContent>();
    internal DbSet<EmailEvent> EmailEvents => Set<EmailEvent>();
    internal DbSet<CallbackAddress> CallbackAddresses => Set<CallbackAddress>();
    internal DbSet<Callback> Callbacks => Set<Callback>();
    internal DbSet<Template> Templates => Set<Template>();
    internal DbSet<TemplateVersion> TemplateVersions => Set<TemplateVersion>();
    internal DbSet<Preference> Preferences => Set<Preference>();

    /// <summary>Set by whoever writes an SMS that is due: the senders wake when the transaction commits.</summary>
    internal bool HasNewSms { get; set; }

    /// <summary>The row, locked until the transaction ends: an answer, a report and the sweeper of two instances take turns.</summary>
    internal async Task<Sms> LockSmsAsync(Guid id, CancellationToken stop) =>
        (await Sms.FromSql($"select * from sms where id = {id} for update").ToListAsync(stop))[0];

    /// <inheritdoc cref="LockSmsAsync"/>
    internal async Task<Email?> FindLockedEmailAsync(Guid id, CancellationToken stop) =>
        (await Emails.FromSql($"select * from email where id = {id} for update").ToListAsync(stop)).SingleOrDefault();

    /// <inheritdoc cref="LockSmsAsync"/>
    internal async Task<Email> LockEmailAsync(Guid id, CancellationToken stop) => (await FindLockedEmailAsync(id, stop))!;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Sms>(sms =>
        {
            sms.ToTable("sms").HasKey(s => s.Id);
            sms.Property(s => s.Id).ValueGeneratedNever();
            sms.Property(s => s.State).HasConversion<string>();
            sms.Property(s => s.Purpose).HasConversion<string>();
        });
        modelBuilder.Entity<SmsGroup>().ToTable("sms_group").HasKey(group => group.Id);
        modelBuilder.Entity<SmsContent>().ToTable("sms_content").HasKey(content => content.SmsId);
        modelBuilder.Entity<DeliveryEvent>(row =>
        {
            row.ToTable("delivery_event").HasKey(e => e.Seq);
            row.Property(e => e.Seq).UseIdentityAlwaysColumn();
            row.Property(e => e.Told).HasConversion<string>();
            row.Property(e => e.Effect).HasConversion<string>();
        });
        modelBuilder.Entity<EarlierHandover>().ToTable("earlier_handover").HasKey(handover => new { handover.SmsId, handover.LeaseNo });
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
        modelBuilder.Entity<Preference>(preference =>
        {
            preference.ToTable("preference").HasKey(p => p.OfficialId);
            preference.Ignore(p => p.QuietHours);
        });
        modelBuilder.Entity<ApplicationMessage>(order =>
        {
            order.ToTable("application_message").HasKey(o => o.MessageId);
            order.Property(o => o.Kind).HasConversion<string>();
        });
        modelBuilder.Entity<SendingApplication>(application =>
        {
            application.ToTable("sending_application").HasKey(a => a.Id);
            application.Property(a => a.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<ApplicationDay>().ToTable("application_day").HasKey(day => new { day.ApplicationId, day.Day, day.IsTest });
        modelBuilder.Entity<Email>(email =>
        {
            email.ToTable("email").HasKey(e => e.Id);
            email.Property(e => e.Id).ValueGeneratedNever();
            email.Property(e => e.State).HasConversion<string>();
            email.Property(e => e.Purpose).HasConversion<string>();
        });
        modelBuilder.Entity<EmailContent>().ToTable("email_content").HasKey(content => content.EmailId);
        modelBuilder.Entity<EmailEvent>(row =>
        {
            row.ToTable("email_event").HasKey(e => e.Seq);
            row.Property(e => e.Seq).UseIdentityAlwaysColumn();
            row.Property(e => e.Told).HasConversion<string>();
            row.Property(e => e.Effect).HasConversion<string>();
        });
        modelBuilder.Entity<CallbackAddress>(address =>
        {
            address.ToTable("callback_address").HasKey(a => a.Id);
            address.Property(a => a.Id).ValueGeneratedNever();
            address.Property(a => a.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<Callback>(callback =>
        {
            callback.ToTable("callback").HasKey(c => c.Seq);
            callback.Property(c => c.State).HasConversion<string>();
            callback.Property(c => c.Outcome).HasConversion<string>();
        });
        modelBuilder.Entity<Template>(template =>
        {
            template.ToTable("template").HasKey(t => t.Id);
            template.Property(t => t.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<TemplateVersion>(version =>
        {
            version.ToTable("template_version").HasKey(v => new { v.TemplateId, v.Version });
            version.Ignore(v => v.IsEmail);
        });
        modelBuilder.UsePlatformTables();
    }
}
