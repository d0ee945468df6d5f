using ServiceDefaults.AppendOnly;
using ServiceDefaults.DirectoryCopy;

namespace Broadcast.Storage;

public enum DecisionOutcome
{
    Approved,
    /// <summary>Back to the wording, with a reason.</summary>
    Returned,
    Rejected,
    /// <summary>An emergency, let go by a second person before the Chair has examined it.</summary>
    Released,
    ApprovedAfterwards,
    DisapprovedAfterwards,
}

/// <summary>What an examiner said over the hash that he was shown. Append-only and sealed.</summary>
public sealed class Decision
{
    internal const string SealKind = "decision";

    public Guid Id { get; init; }
    public Guid BroadcastId { get; init; }
    public int Revision { get; init; }
    public DecisionOutcome Outcome { get; init; }
    public byte[] SignedHash { get; init; } = [];
    public Guid? OfficialId { get; init; }
    public Official? Official { get; init; }
    public string Actor { get; init; } = "";
    /// <summary>Role in which he decided.</summary>
    public string ActedAs { get; init; } = "";
    public Guid? MandateId { get; init; }
    /// <summary>Answers to the questions of KOR 9(2) and 9(3), as JSON.</summary>
    public string? Checklist { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset At { get; init; }
    public byte[] Salt { get; init; } = ServiceDefaults.AppendOnly.Commitment.NewSalt();
    public byte[] Commitment { get; internal set; } = [];

    /// <summary>The verifier's view, in the order of <see cref="SealedHistory.Decide"/>.</summary>
    internal static SealedKind Sealed { get; } = new(SealKind, """
        select id, commitment, salt, uuid_send(broadcast_id) as broadcast_id, convert_to(revision::text, 'UTF8') as revision, convert_to(outcome, 'UTF8') as outcome, signed_hash,
          uuid_send(official_id) as official_id, convert_to(actor, 'UTF8') as actor, convert_to(acted_as, 'UTF8') as acted_as, uuid_send(mandate_id) as mandate_id,
          convert_to(checklist::text, 'UTF8') as checklist, convert_to(reason, 'UTF8') as reason, convert_to((extract(epoch from at) * 1000000)::bigint::text, 'UTF8') as at
        from decision
        """);
}
