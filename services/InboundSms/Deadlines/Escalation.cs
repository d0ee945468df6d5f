using Microsoft.EntityFrameworkCore;

namespace InboundSms.Deadlines;

internal enum EscalationOutcome
{
    Sent,
    /// <summary>A later stage had come before anybody looked.</summary>
    Passed,
    /// <summary>Nobody stands on its rungs, nor above.</summary>
    NobodyToTell,
}

/// <summary>A stage that is done with for a case.</summary>
internal sealed class Escalation
{
    public required Guid CaseId { get; init; }
    public required string Stage { get; init; }
    public required DateTimeOffset At { get; init; }
    public required EscalationOutcome Outcome { get; init; }
}

/// <summary>That an SMS to an official was about a case.</summary>
internal sealed class EscalationNotice
{
    public required Guid NoticeId { get; init; }
    public required Guid CaseId { get; init; }
    public required string Stage { get; init; }
    public required Guid OfficialId { get; init; }
    /// <summary>When it was known that it would not reach him.</summary>
    public DateTimeOffset? FailedAt { get; init; }
}

internal static class EscalationTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<Escalation>(escalation =>
        {
            escalation.ToTable("escalation").HasKey(e => new { e.CaseId, e.Stage });
            escalation.Property(e => e.Outcome).HasConversion<string>();
        });
        model.Entity<EscalationNotice>(notice =>
        {
            notice.ToTable("escalation_notice").HasKey(n => new { n.NoticeId, n.CaseId });
            notice.HasOne<Escalation>().WithMany().HasForeignKey(n => new { n.CaseId, n.Stage });
        });
    }
}
