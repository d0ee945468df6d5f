using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Submissions;

/// <summary>What was chosen beside the words of a message that came by web form or call centre; never changed.</summary>
internal sealed class Submission
{
    public required Guid MessageId { get; init; }
    /// <summary>Reserved for its case, and told at once.</summary>
    public long CaseNumber { get; private set; }
    /// <summary>Null: nobody was named, the secretariat decides.</summary>
    public Guid? PositionId { get; init; }
    public string? Keyword { get; init; }
    public Addressee? Addressee => PositionId is { } id ? new(id, Keyword!) : null;
    public MessageClass? Class { get; init; }
    public required bool IsSecret { get; init; }
    /// <summary>The account that wrote down what a caller said; null: the citizen himself.</summary>
    public string? EnteredBy { get; init; }
    public required byte[] ReceiptCodeHash { get; init; }
    public SubmissionContact? Contact { get; init; }
}

/// <summary>Who wrote, as he says; nothing proves it.</summary>
internal sealed class SubmissionContact
{
    public required Guid MessageId { get; init; }
    public string? Name { get; init; }
    /// <summary>The first letter of each word, for those who need not know more.</summary>
    public string? NameMasked => Name is null ? null : string.Join(' ', Name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => $"{word.EnumerateRunes().First()}•••"));
    /// <summary>E.164.</summary>
    public string? PhoneNumber { get; init; }

    /// <summary>Null when he says neither.</summary>
    public static SubmissionContact? Of(Guid messageId, string? name, string? phoneNumber)
    {
        name = string.IsNullOrWhiteSpace(name) ? null : name.Trim().Replace('\0', '\uFFFD');
        return name is null && phoneNumber is null ? null : new() { MessageId = messageId, Name = name, PhoneNumber = phoneNumber };
    }
}

/// <summary>Mapping of what came by web form or call centre.</summary>
internal static class SubmissionTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<Submission>(submission =>
        {
            submission.ToTable("submission").HasKey(s => s.MessageId);
            submission.Ignore(s => s.Addressee);
            submission.Property(s => s.CaseNumber).ValueGeneratedOnAdd();
            submission.Property(s => s.Class).HasConversion<string>();
            submission.HasOne<Message>().WithOne().HasForeignKey<Submission>(s => s.MessageId);
            submission.HasOne(s => s.Contact).WithOne().HasForeignKey<SubmissionContact>(c => c.MessageId);
        });
        model.Entity<SubmissionContact>().ToTable("submission_contact").HasKey(c => c.MessageId);
    }
}
