using Microsoft.EntityFrameworkCore;

namespace InboundSms.Abuse;

/// <summary>A sender whose messages are kept and open no case, for a reason and a time.</summary>
internal sealed class BlockedSender
{
    /// <summary>One at a time for a sender.</summary>
    public const string Once = "blocked_sender_once";

    public required Guid Id { get; init; }
    public required string Sender { get; init; }
    public required string Reason { get; init; }
    public required Guid MessageId { get; init; }
    public required string BlockedBy { get; init; }
    public required DateTimeOffset BlockedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? LiftedAt { get; set; }
    public string? LiftedBy { get; set; }
    public string? LiftReason { get; set; }
}

/// <summary>A message that a block kept out of the inboxes; released, it goes the way of every other.</summary>
internal sealed class BlockedMessage
{
    public required Guid MessageId { get; init; }
    public required Guid BlockId { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset? ReleasedAt { get; set; }
    public string? ReleasedBy { get; set; }
}

/// <summary>STOP or MULAI of a number.</summary>
internal sealed class OptOut
{
    public required Guid MessageId { get; init; }
    public required string Sender { get; init; }
    public required bool IsOut { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>Mapping of what is kept against abuse.</summary>
internal static class AbuseTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<BlockedSender>().ToTable("blocked_sender").Property(block => block.LiftedAt).IsConcurrencyToken();
        model.Entity<BlockedMessage>(muted =>
        {
            muted.ToTable("blocked_message").HasKey(m => m.MessageId);
            muted.Property(m => m.ReleasedAt).IsConcurrencyToken();
        });
        model.Entity<OptOut>().ToTable("opt_out").HasKey(change => change.MessageId);
    }
}
