namespace InboundSms.Storage;

/// <summary>Somebody is on duty in the quick reaction team of a unit, <c>[StartsAt, EndsAt)</c>.</summary>
internal sealed class DutyShift
{
    public required Guid Id { get; init; }
    /// <summary>Null: for the secretariat.</summary>
    public Guid? UnitId { get; init; }
    public required Guid OfficialId { get; init; }
    public required DateTimeOffset StartsAt { get; set; }
    public required DateTimeOffset EndsAt { get; set; }
    public required string EnteredBy { get; init; }
    public required DateTimeOffset EnteredAt { get; init; }
    public required long Version { get; set; }
}

/// <summary>A notice of an emergency, to one official.</summary>
internal sealed class EmergencyNotice
{
    public required Guid NoticeId { get; init; }
    public required Guid CaseId { get; init; }
    public required Guid OfficialId { get; init; }
    /// <summary>When it was known that it would not reach him.</summary>
    public DateTimeOffset? FailedAt { get; init; }
}

/// <summary>A word, or several one behind the other, that raise a case of the unit to an emergency.</summary>
internal sealed class EmergencyWord
{
    public required Guid Id { get; init; }
    public required Guid UnitId { get; init; }
    /// <summary>Upper case, one blank between words.</summary>
    public required string Word { get; init; }
    public required string AddedBy { get; init; }
    public required DateTimeOffset AddedAt { get; init; }
    public string? RemovedBy { get; set; }
    public DateTimeOffset? RemovedAt { get; set; }
}

/// <summary>Why a message is not answered (BJN 10(2)); nothing else is a ground.</summary>
public enum SetAsideGround
{
    /// <summary>Breaks decency of language.</summary>
    Indecent,
    /// <summary>Discriminates by ethnicity, religion or race.</summary>
    Discriminates,
    /// <summary>Nobody can tell what is meant.</summary>
    NotUnderstandable,
    /// <summary>Advertising, lotteries, the like.</summary>
    Spam,
    /// <summary>Threatens somebody.</summary>
    Threat,
    /// <summary>Neither about government nor about a public service (BJN 10(1)).</summary>
    NotConcerned,
}

/// <summary>What the second person decided.</summary>
public enum SetAsideDecision
{
    Confirmed,
    Rejected,
}

/// <summary>A proposal to set a case aside, and what became of it.</summary>
internal sealed class SetAside
{
    public required Guid Id { get; init; }
    public required Guid CaseId { get; init; }
    public required SetAsideGround Ground { get; init; }
    public required string Reason { get; init; }
    public required string ProposedBy { get; init; }
    /// <summary>Who stands behind the account; null for one without official.</summary>
    public Guid? ProposedByOfficial { get; init; }
    public required DateTimeOffset ProposedAt { get; init; }
    public SetAsideDecision? Decision { get; set; }
    public string? DecidedBy { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string? UndoneBy { get; set; }
    public DateTimeOffset? UndoneAt { get; set; }
}
