using Microsoft.EntityFrameworkCore;

namespace InboundSms.Storage;

/// <summary>That a case left a position for another; never changed. Who and why stands in its event.</summary>
internal sealed class Forwarding
{
    public required Guid EventId { get; init; }
    public required Guid CaseId { get; init; }
    public required Guid FromPositionId { get; init; }
    public required Guid ToPositionId { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>A text that a unit answers with again and again.</summary>
internal sealed class AnswerTemplate
{
    public required Guid Id { get; init; }
    public required Guid UnitId { get; init; }
    public required string Title { get; set; }
    public required string Text { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required long Version { get; set; }
}

/// <summary>How a unit wants to work; none is the defaults.</summary>
internal sealed class UnitSetting
{
    /// <summary>Of the unit.</summary>
    public required Guid Id { get; init; }
    /// <summary>Answers are proposals until the head approves.</summary>
    public required bool ReviewAnswers { get; set; }
    public required long Version { get; set; }
}

/// <summary>What an official has written so far.</summary>
internal sealed class AnswerDraft
{
    public required Guid CaseId { get; init; }
    public required Guid OfficialId { get; init; }
    public required string Text { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
}

/// <summary>How far a proposed answer has come.</summary>
public enum ProposalStatus
{
    /// <summary>The head is to decide.</summary>
    Proposed,
    /// <summary>He wants it otherwise.</summary>
    Returned,
    /// <summary>It became the answer.</summary>
    Approved,
    /// <summary>The case was answered otherwise, or left the unit.</summary>
    Withdrawn,
}

/// <summary>An answer that the head has yet to make his own.</summary>
internal sealed class AnswerProposal
{
    public required Guid Id { get; init; }
    public required Guid CaseId { get; init; }
    /// <summary>Who wrote it last.</summary>
    public required Guid OfficialId { get; set; }
    public required string Text { get; set; }
    public required ProposalStatus Status { get; set; }
    /// <summary>Why it was returned.</summary>
    public string? Reason { get; set; }
    public required DateTimeOffset ProposedAt { get; set; }
    public required long Version { get; set; }

    public bool IsOpen => Status is ProposalStatus.Proposed or ProposalStatus.Returned;
}

/// <summary>Mapping of what comes before an answer.</summary>
internal static class Preparation
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<Forwarding>(forwarding =>
        {
            forwarding.ToTable("forwarding").HasKey(f => f.EventId);
            forwarding.HasOne<History.CaseEvent>().WithMany().HasForeignKey(f => f.EventId);
        });
        model.Entity<AnswerTemplate>(template =>
        {
            template.ToTable("answer_template");
            template.Property(t => t.Version).IsConcurrencyToken();
        });
        model.Entity<UnitSetting>(setting =>
        {
            setting.ToTable("unit_setting");
            setting.Property(s => s.Version).IsConcurrencyToken();
        });
        model.Entity<AnswerDraft>().ToTable("answer_draft").HasKey(d => new { d.CaseId, d.OfficialId });
        model.Entity<AnswerProposal>(proposal =>
        {
            proposal.ToTable("answer_proposal");
            proposal.Property(p => p.Status).HasConversion<string>();
            proposal.Property(p => p.Version).IsConcurrencyToken();
        });
    }
}
