using Contracts.Directory;
using Microsoft.EntityFrameworkCore;

namespace Directory.Storage;

/// <summary>
/// A word that is a position's during <c>[ValidFrom, ValidTo)</c>, and nobody else's until <c>RestsUntil</c>: citizens go on writing a word for weeks after it was
/// released, and their complaints must not reach a stranger. Never deleted; what was cancelled before its time has an empty validity.
/// </summary>
internal sealed class PositionKeyword
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid PositionId { get; init; }
    public Position? Position { get; init; }
    public required string Word { get; init; }
    public required KeywordKind Kind { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; private set; }
    public DateTimeOffset? RestsUntil { get; private set; }

    public bool EndsAfter(DateTimeOffset instant) => ValidTo is null || ValidTo > instant;

    public bool IsValidAt(DateTimeOffset instant) => ValidFrom <= instant && EndsAfter(instant);

    public void End(DateTimeOffset at, TimeSpan rest) => (ValidTo, RestsUntil) = at > ValidFrom ? (at, at + rest) : (ValidFrom, ValidFrom);

    /// <summary>Valid, or resting: the post may still say who gets it.</summary>
    public bool IsKeptAt(DateTimeOffset instant) => ValidFrom <= instant && (RestsUntil is null || RestsUntil > instant);

    /// <summary>The post gives the word away: whoever gets it need not wait.</summary>
    public void Leave(DateTimeOffset at)
    {
        if (EndsAfter(at))
            End(at, TimeSpan.Zero);
        else if (RestsUntil > at)
            RestsUntil = at;
    }
}

/// <summary>The name that an official's messages carry during <c>[ValidFrom, ValidTo)</c>; nobody else's until <c>RestsUntil</c>: recipients know it as his.</summary>
internal sealed class OfficialSenderId
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid OfficialId { get; init; }
    public Official? Official { get; init; }
    public required string SenderId { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; private set; }
    public DateTimeOffset? RestsUntil { get; private set; }

    public bool EndsAfter(DateTimeOffset instant) => ValidTo is null || ValidTo > instant;

    public bool IsValidAt(DateTimeOffset instant) => ValidFrom <= instant && EndsAfter(instant);

    public void End(DateTimeOffset at, TimeSpan rest) => (ValidTo, RestsUntil) = at > ValidFrom ? (at, at + rest) : (ValidFrom, ValidFrom);
}

/// <summary>A number that was an official's; the one of now stands in <see cref="Official"/>. Personal data.</summary>
internal sealed class FormerNoticePhone
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid OfficialId { get; init; }
    public Official? Official { get; init; }
    public required string Number { get; init; }
    /// <summary>Null for a number that is older than this record of it.</summary>
    public required DateTimeOffset? UsedFrom { get; init; }
    public required DateTimeOffset UsedTo { get; init; }
    /// <summary>Until then nobody else gets it; null where it was only exchanged for another.</summary>
    public DateTimeOffset? RestsUntil { get; init; }
}

/// <summary>The number that an official would rather have; the latest of his. Personal data.</summary>
internal sealed class NoticePhoneProposal
{
    public required Guid OfficialId { get; init; }
    public Official? Official { get; init; }
    public required Guid Id { get; init; }
    public required string Number { get; init; }
    /// <summary>Of the code that was sent to it.</summary>
    public required string CodeHash { get; init; }
    public required DateTimeOffset CodeExpiresAt { get; init; }
    public required int TriesLeft { get; init; }
    public required DateTimeOffset ProposedAt { get; init; }
    /// <summary>When he entered the code: the Administrator decides from then on.</summary>
    public DateTimeOffset? ProvedAt { get; init; }
}

/// <summary>Whose owner was asked when, last, to prove his number again.</summary>
internal sealed class NoticePhoneReminder
{
    public required Guid OfficialId { get; init; }
    public required DateTimeOffset ToldAt { get; init; }
}

/// <summary>Mapping of what is beside the number in use.</summary>
internal static class NoticePhoneTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<FormerNoticePhone>().ToTable("former_notice_phone");
        modelBuilder.Entity<NoticePhoneProposal>(proposal =>
        {
            proposal.ToTable("notice_phone_proposal").HasKey(p => p.OfficialId);
            proposal.HasOne(p => p.Official).WithOne().HasForeignKey<NoticePhoneProposal>(p => p.OfficialId);
            // What is decided is the number that was proved.
            proposal.Property(p => p.Id).IsConcurrencyToken();
        });
        modelBuilder.Entity<NoticePhoneReminder>().ToTable("notice_phone_reminder").HasKey(reminder => reminder.OfficialId);
    }
}

/// <summary>
/// The clerk of a unit (DIR-3) during <c>[ValidFrom, ValidTo)</c>, and no longer than he holds the position by which he belongs to the unit.
/// </summary>
internal sealed class UnitOperator
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UnitId { get; init; }
    public OrganizationUnit? Unit { get; init; }
    public required Guid AssignmentId { get; init; }
    public Assignment? Assignment { get; init; }
    public required DateTimeOffset ValidFrom { get; init; }
    public DateTimeOffset? ValidTo { get; private set; }
    /// <summary>The letter of the head by which the Administrator entered him; null when the head did so himself.</summary>
    public required string? Letter { get; init; }
    public long Version { get; private set; } = 1;

    public void End(DateTimeOffset at) => (ValidTo, Version) = (at > ValidFrom ? at : ValidFrom, Version + 1);
}
