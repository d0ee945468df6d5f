using InboundSms.Abuse;
using InboundSms.Deadlines;
using InboundSms.History;
using InboundSms.NationalPortal;
using InboundSms.Notices;
using InboundSms.Submissions;
using InboundSms.Portal;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Persistence;

namespace InboundSms.Storage;

/// <summary>Tables of the service; the SQL files beside it are the schema.</summary>
public sealed class InboundSmsDb(DbContextOptions<InboundSmsDb> options) : DbContext(options)
{
    internal DbSet<Message> Messages => Set<Message>();
    internal DbSet<MessageContent> Contents => Set<MessageContent>();
    internal DbSet<PartSet> PartSets => Set<PartSet>();
    internal DbSet<MessagePart> MessageParts => Set<MessagePart>();
    internal DbSet<QuarantinedCall> QuarantinedCalls => Set<QuarantinedCall>();
    internal DbSet<SuspectedDuplicate> SuspectedDuplicates => Set<SuspectedDuplicate>();
    internal DbSet<SmsCase> Cases => Set<SmsCase>();
    internal DbSet<CaseMessage> CaseMessages => Set<CaseMessage>();
    internal DbSet<KeptMessage> KeptMessages => Set<KeptMessage>();
    internal DbSet<AutoAnswer> AutoAnswers => Set<AutoAnswer>();
    internal DbSet<OwnText> OwnTexts => Set<OwnText>();
    internal DbSet<DutyShift> DutyShifts => Set<DutyShift>();
    internal DbSet<EmergencyNotice> EmergencyNotices => Set<EmergencyNotice>();
    internal DbSet<EmergencyWord> EmergencyWords => Set<EmergencyWord>();
    internal DbSet<SetAside> SetAsides => Set<SetAside>();
    internal DbSet<Answer> Answers => Set<Answer>();
    internal DbSet<AnswerDelivery> Deliveries => Set<AnswerDelivery>();
    internal DbSet<Publication> Publications => Set<Publication>();
    internal DbSet<PublicationProof> PublicationProofs => Set<PublicationProof>();
    internal DbSet<PublicCase> PublicCases => Set<PublicCase>();
    internal DbSet<ServiceInformation> ServiceInformation => Set<ServiceInformation>();
    internal DbSet<CaseEvent> CaseEvents => Set<CaseEvent>();
    internal DbSet<Submission> Submissions => Set<Submission>();
    internal DbSet<SubmissionContact> SubmissionContacts => Set<SubmissionContact>();
    internal DbSet<BlockedSender> BlockedSenders => Set<BlockedSender>();
    internal DbSet<BlockedMessage> BlockedMessages => Set<BlockedMessage>();
    internal DbSet<OptOut> OptOuts => Set<OptOut>();
    internal DbSet<Escalation> Escalations => Set<Escalation>();
    internal DbSet<EscalationNotice> EscalationNotices => Set<EscalationNotice>();
    internal DbSet<NoticeWindow> NoticeWindows => Set<NoticeWindow>();
    internal DbSet<HeldNotice> HeldNotices => Set<HeldNotice>();
    internal DbSet<NoticePreference> NoticePreferences => Set<NoticePreference>();
    internal DbSet<PortalCase> PortalCases => Set<PortalCase>();
    internal DbSet<RecurringProblem> RecurringProblems => Set<RecurringProblem>();
    internal DbSet<CaseProblem> CaseProblems => Set<CaseProblem>();
    internal DbSet<CaseWords> CaseWords => Set<CaseWords>();
    internal DbSet<CaseChange> CaseChanges => Set<CaseChange>();
    internal DbSet<NumberSearch> NumberSearches => Set<NumberSearch>();
    internal DbSet<Forwarding> Forwardings => Set<Forwarding>();
    internal DbSet<AnswerTemplate> AnswerTemplates => Set<AnswerTemplate>();
    internal DbSet<UnitSetting> UnitSettings => Set<UnitSetting>();
    internal DbSet<AnswerDraft> AnswerDrafts => Set<AnswerDraft>();
    internal DbSet<AnswerProposal> AnswerProposals => Set<AnswerProposal>();
    internal DbSet<Unit> Units => Set<Unit>();
    internal DbSet<Position> Positions => Set<Position>();
    internal DbSet<PositionKeyword> Keywords => Set<PositionKeyword>();
    internal DbSet<Assignment> Assignments => Set<Assignment>();
    internal DbSet<Official> Officials => Set<Official>();
    internal DbSet<GrantedRoles> GrantedRoles => Set<GrantedRoles>();

    /// <summary>Units whose cases an official reads: those of his positions, and all below where he is the head.</summary>
    internal IQueryable<UnitFound> UnitsReadBy(Guid official, DateTimeOffset at) => FromExpression(() => UnitsReadBy(official, at));

    /// <summary>A unit and all below it.</summary>
    internal IQueryable<UnitFound> UnitAndBelow(Guid root) => FromExpression(() => UnitAndBelow(root));

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Message>().ToTable("message").HasOne<Message>().WithMany().HasForeignKey(m => m.Continues);
        modelBuilder.Entity<MessageContent>(content =>
        {
            content.ToTable("message_content").HasKey(c => c.MessageId);
            content.Property(c => c.SenderKind).HasConversion<string>();
            content.HasOne<Message>().WithOne().HasForeignKey<MessageContent>(c => c.MessageId);
        });
        modelBuilder.Entity<PartSet>(set =>
        {
            set.ToTable("part_set").HasOne<Message>().WithOne().HasForeignKey<PartSet>(s => s.MessageId);
        });
        modelBuilder.Entity<MessagePart>(part =>
        {
            part.ToTable("message_part").HasOne<PartSet>().WithMany().HasForeignKey(p => p.SetId);
            part.HasOne(p => p.Content).WithOne().HasForeignKey<MessagePartContent>(c => c.PartId);
        });
        modelBuilder.Entity<MessagePartContent>(content =>
        {
            content.ToTable("message_part_content").HasKey(c => c.PartId);
            content.Property(c => c.Coding).HasConversion<string>();
        });
        modelBuilder.Entity<QuarantinedCall>().ToTable("quarantine");
        modelBuilder.Entity<SuspectedDuplicate>(suspect =>
        {
            suspect.ToTable("suspected_duplicate").HasKey(s => s.MessageId);
            suspect.Property(s => s.Verdict).HasConversion<string>().IsConcurrencyToken();
        });
        modelBuilder.Entity<SmsCase>(smsCase =>
        {
            smsCase.ToTable("sms_case");
            // Reserved before for who is told at once.
            smsCase.Property(c => c.Number).UseIdentityByDefaultColumn();
            smsCase.Property(c => c.Channel).HasConversion<string>();
            smsCase.Property(c => c.Status).HasConversion<string>();
            smsCase.Property(c => c.Class).HasConversion<string>();
            smsCase.Property(c => c.ClassBy).HasConversion<string>();
            smsCase.Property(c => c.Priority).HasConversion<string>();
            smsCase.Property(c => c.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<CaseMessage>(member =>
        {
            member.ToTable("case_message").HasKey(m => m.MessageId);
            member.HasOne<SmsCase>().WithMany().HasForeignKey(m => m.CaseId);
        });
        modelBuilder.Entity<KeptMessage>(kept =>
        {
            kept.ToTable("kept_message").HasKey(k => k.MessageId);
            kept.Property(k => k.Reason).HasConversion<string>();
        });
        modelBuilder.Entity<AutoAnswer>().ToTable("auto_answer").Property(a => a.Kind).HasConversion<string>();
        modelBuilder.Entity<OwnText>().ToTable("own_text");
        modelBuilder.Entity<DutyShift>().ToTable("duty_shift").Property(s => s.Version).IsConcurrencyToken();
        modelBuilder.Entity<EmergencyNotice>().ToTable("emergency_notice").HasKey(n => n.NoticeId);
        modelBuilder.Entity<EmergencyWord>().ToTable("emergency_word");
        modelBuilder.Entity<SetAside>(aside =>
        {
            aside.ToTable("set_aside");
            aside.Property(a => a.Ground).HasConversion<string>();
            aside.Property(a => a.Decision).HasConversion<string>();
        });
        modelBuilder.Entity<Answer>(answer =>
        {
            answer.ToTable("answer");
            answer.HasOne<SmsCase>().WithMany().HasForeignKey(a => a.CaseId);
        });
        modelBuilder.Entity<AnswerDelivery>(delivery =>
        {
            delivery.ToTable("answer_delivery").HasKey(d => d.AnswerId);
            delivery.Property(d => d.Status).HasConversion<string>();
            delivery.Property(d => d.Way).HasConversion<string>();
            delivery.HasOne<Answer>().WithMany().HasForeignKey(d => d.AnswerId);
        });
        modelBuilder.Entity<Publication>(publication =>
        {
            publication.ToTable("publication").HasKey(p => p.AnswerId);
            publication.Property(p => p.Version).IsConcurrencyToken();
            publication.Ignore(p => p.WaitsForReview);
            publication.HasOne<Answer>().WithMany().HasForeignKey(p => p.AnswerId);
        });
        modelBuilder.Entity<PublicationProof>(proof =>
        {
            proof.ToTable("publication_proof");
            proof.HasOne<Answer>().WithMany().HasForeignKey(p => p.AnswerId);
        });
        modelBuilder.Entity<PublicCase>(shown =>
        {
            shown.ToTable("public_case").HasKey(p => p.AnswerId);
            shown.Property(p => p.Words).ValueGeneratedOnAddOrUpdate();
        });
        modelBuilder.Entity<ServiceInformation>().ToTable("service_information").Property(of => of.Version).IsConcurrencyToken();
        modelBuilder.Entity<CaseEvent>(happened =>
        {
            happened.ToTable("case_event");
            happened.Property(e => e.Kind).HasConversion<string>();
            happened.HasOne<SmsCase>().WithMany().HasForeignKey(e => e.CaseId);
            happened.HasOne(e => e.Content).WithOne().HasForeignKey<CaseEventContent>(c => c.EventId);
        });
        modelBuilder.Entity<CaseEventContent>(content =>
        {
            content.ToTable("case_event_content").HasKey(c => c.EventId);
            content.Property(c => c.Details).HasColumnType("json");
        });
        AbuseTables.Map(modelBuilder);
        EscalationTables.Map(modelBuilder);
        NoticeTables.Map(modelBuilder);
        modelBuilder.Entity<PortalCase>(shared =>
        {
            shared.ToTable("portal_case").HasKey(c => c.MessageId);
            shared.Property(c => c.Direction).HasConversion<string>();
            shared.HasOne<Message>().WithOne().HasForeignKey<PortalCase>(c => c.MessageId);
        });
        ReportTables.Map(modelBuilder);
        SubmissionTables.Map(modelBuilder);
        InboxTables.Map(modelBuilder);
        Preparation.Map(modelBuilder);
        modelBuilder.UseOrganisation();
        modelBuilder.UsePlatformTables();
    }
}
