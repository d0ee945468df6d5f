using Microsoft.EntityFrameworkCore;

namespace Broadcast.Storage;

/// <summary>The recipient has opened the web copy. Append-only.</summary>
internal sealed class ReadReceipt
{
    public required Guid BroadcastId { get; init; }
    public required Guid OfficialId { get; init; }
    /// <summary>The first time.</summary>
    public required DateTimeOffset ReadAt { get; init; }
}

/// <summary>By which way an answer came.</summary>
public enum AnswerVia
{
    Web,
    Sms,
}

/// <summary>What a recipient answered. Append-only; the latest of a person says whether he comes.</summary>
internal sealed class Answer
{
    /// <summary>Of an SMS the message's id in InboundSms: a repeat is the same answer.</summary>
    public required Guid Id { get; init; }
    /// <summary>Null: no broadcast that was sent has this number.</summary>
    public Guid? BroadcastId { get; init; }
    /// <summary>Of the broadcast, as it was written.</summary>
    public required long Number { get; init; }
    /// <summary>Null: nobody in its list has the number that he wrote from.</summary>
    public Guid? OfficialId { get; init; }
    public required AnswerVia Via { get; init; }
    /// <summary>Null: he said neither.</summary>
    public bool? Attends { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>Null after its time.</summary>
    public AnswerContent? Content { get; init; }
}

/// <summary>Words of an answer, and the pseudonym of who wrote an SMS. Personal data.</summary>
internal sealed class AnswerContent
{
    public Guid AnswerId { get; init; }
    public required string Text { get; init; }
    public string? Sender { get; init; }
}

/// <summary>What a person made of an answer that fits no recipient. Append-only.</summary>
internal sealed class UnknownAnswerClosing
{
    public required Guid AnswerId { get; init; }
    /// <summary>The answer of the official whose it is; null: it counts for nobody.</summary>
    public Guid? CountedAs { get; init; }
    public required string Reason { get; init; }
    public required string ClosedBy { get; init; }
    public required DateTimeOffset ClosedAt { get; init; }
}

/// <summary>By which pseudonym InboundSms would name a recipient's number.</summary>
internal sealed class RecipientPseudonym
{
    public required Guid BroadcastId { get; init; }
    public required string Pseudonym { get; init; }
    public required Guid OfficialId { get; init; }
}

/// <summary>A recipient says that no SMS came (KOR 10e); the latest time that he said it anew.</summary>
internal sealed class MissingReport
{
    public required Guid BroadcastId { get; init; }
    public required Guid OfficialId { get; init; }
    /// <summary>Grows when he says it again after a closing or a resend.</summary>
    public required int No { get; init; }
    public string? Note { get; init; }
    public required DateTimeOffset ReportedAt { get; init; }
}

/// <summary>Somebody has closed a report without sending the SMS once more. Append-only.</summary>
internal sealed class MissingReportClosing
{
    public required Guid BroadcastId { get; init; }
    public required Guid OfficialId { get; init; }
    /// <summary>Of the report as it was then; a later one is open again.</summary>
    public required int No { get; init; }
    public required string Reason { get; init; }
    public required string ClosedBy { get; init; }
    public required DateTimeOffset ClosedAt { get; init; }
}

/// <summary>By which way one person got it once more.</summary>
public enum ResendVia
{
    Sms,
    Email,
}

/// <summary>The SMS once more to one person, by e-mail where no SMS reaches him. Its state is like that of the list's rows, and does not count among them.</summary>
internal sealed class Resend
{
    /// <summary>Notification's name for it, of an e-mail too.</summary>
    public required Guid SmsId { get; init; }
    public required Guid BroadcastId { get; init; }
    public required Guid OfficialId { get; init; }
    /// <summary>1 is the first one after the broadcast's own.</summary>
    public required int Attempt { get; init; }
    public required string Reason { get; init; }
    public required string OrderedBy { get; init; }
    public required DateTimeOffset OrderedAt { get; init; }
    public required ResendVia Via { get; init; }
    /// <summary>E.164, of then; null after its time, and of an e-mail.</summary>
    public string? Number { get; init; }
    /// <summary>As it was typed; null after its time, and of an SMS. Personal data.</summary>
    public string? Email { get; init; }
    public required RecipientState State { get; init; }
    public long StatusVersion { get; init; }
    public bool AtOperator { get; init; }
    public bool IsUncertain { get; init; }
    public string? Failure { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>Copy of how an official is reached now; only read. Personal data.</summary>
internal sealed class Contact
{
    public required Guid OfficialId { get; init; }
    /// <summary>E.164.</summary>
    public string? NoticePhone { get; init; }
}

/// <summary>Mapping of what comes back from recipients.</summary>
internal static class ReceivingTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ReadReceipt>().ToTable("read_receipt").HasKey(r => new { r.BroadcastId, r.OfficialId });
        modelBuilder.Entity<Answer>(answer =>
        {
            answer.ToTable("answer");
            answer.Property(a => a.Id).ValueGeneratedNever();
            answer.Property(a => a.Via).HasConversion<string>();
            answer.HasOne(a => a.Content).WithOne().HasForeignKey<AnswerContent>(c => c.AnswerId);
        });
        modelBuilder.Entity<AnswerContent>().ToTable("answer_content").HasKey(c => c.AnswerId);
        modelBuilder.Entity<UnknownAnswerClosing>(closing =>
        {
            closing.ToTable("unknown_answer_closing").HasKey(c => c.AnswerId);
            closing.HasOne<Answer>().WithOne().HasForeignKey<UnknownAnswerClosing>(c => c.CountedAs);
        });
        modelBuilder.Entity<RecipientPseudonym>().ToTable("recipient_pseudonym").HasKey(p => new { p.BroadcastId, p.Pseudonym });
        modelBuilder.Entity<Contact>().ToTable("contact", "contacts").HasKey(c => c.OfficialId);
        modelBuilder.Entity<MissingReport>().ToTable("missing_report").HasKey(r => new { r.BroadcastId, r.OfficialId });
        modelBuilder.Entity<MissingReportClosing>().ToTable("missing_report_closing").HasKey(c => new { c.BroadcastId, c.OfficialId, c.No });
        modelBuilder.Entity<Resend>(resend =>
        {
            resend.ToTable("resend").HasKey(r => r.SmsId);
            resend.Property(r => r.SmsId).ValueGeneratedNever();
            resend.Property(r => r.State).HasConversion<string>();
            resend.Property(r => r.Via).HasConversion<string>();
        });
    }
}
