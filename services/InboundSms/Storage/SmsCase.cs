namespace InboundSms.Storage;

/// <summary>Where a case stands.</summary>
public enum CaseStatus
{
    /// <summary>No keyword fitted; the secretariat's tray.</summary>
    Unassigned,
    /// <summary>In the inbox of a position, waiting for its answer.</summary>
    Open,
    /// <summary>An answer has been given; its delivery is a matter of its own.</summary>
    Answered,
    /// <summary>The answer finally failed to arrive: back on the list, with its record unchanged.</summary>
    AnswerFailed,
    /// <summary>Not to be answered, on a ground of BJN 10(2), decided by two people; kept and never published.</summary>
    SetAside,
}

/// <summary>How a citizen reached the city.</summary>
public enum CaseChannel
{
    /// <summary>By SMS, whichever provider brought it.</summary>
    Sms,
    /// <summary>By the web form.</summary>
    Web,
    /// <summary>By telephone; an official wrote down what he said.</summary>
    CallCentre,
    /// <summary>At the national complaint portal, which brought it.</summary>
    Portal,
}

/// <summary>What a citizen says (BJN 10(1)).</summary>
public enum MessageClass
{
    /// <summary>Informasi, berita.</summary>
    News,
    /// <summary>Keluhan, pengaduan.</summary>
    Complaint,
    /// <summary>Kritik.</summary>
    Criticism,
    /// <summary>Pertanyaan.</summary>
    Question,
    /// <summary>Usul, saran.</summary>
    Proposal,
}

/// <summary>Who said what class a message is.</summary>
public enum ClassSource
{
    /// <summary>A word beside the keyword.</summary>
    Citizen,
    /// <summary>A proposal from the words of the message.</summary>
    Rule,
    /// <summary>An official, or the secretariat.</summary>
    Official,
}

/// <summary>How urgent a case is.</summary>
public enum Priority
{
    /// <summary>Within the three hours of BJN 13.</summary>
    Normal,
    /// <summary>Somebody may be in danger: the unit's quick reaction team is told at once (SPBE 24(2)).</summary>
    Emergency,
}

/// <summary>A citizen's matter: the message that opened it and those that joined it.</summary>
internal sealed class SmsCase
{
    public required Guid Id { get; init; }
    /// <summary>Told to people.</summary>
    public long Number { get; init; }
    /// <summary>One case, one number, whichever it is.</summary>
    public required CaseChannel Channel { get; init; }
    public required Guid FirstMessageId { get; init; }
    public Guid? PositionId { get; set; }
    public string? Keyword { get; set; }
    /// <summary>Whom a message without keyword probably meant; a person decides.</summary>
    public string? SuggestedKeyword { get; init; }
    public required CaseStatus Status { get; set; }
    public MessageClass? Class { get; set; }
    /// <summary>Null while nobody has said a class.</summary>
    public ClassSource? ClassBy { get; set; }
    /// <summary>The rules that proposed the class, by name.</summary>
    public string? ClassRule { get; set; }
    public Priority Priority { get; set; }
    /// <summary>The official of the unit who has taken it or was given it; nobody, and everybody of the unit may.</summary>
    public Guid? HandlerId { get; set; }
    /// <summary>A message of the citizen began with RAHASIA: never published.</summary>
    public required bool IsSecret { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; set; }
    public long Version { get; set; }

    /// <summary>Code of the conflict for who wants to answer it; null while it waits for an answer.</summary>
    public string? WhyNotAnswerable => Status switch { CaseStatus.Answered => "already-answered", CaseStatus.SetAside => "set-aside", _ => null };

    /// <summary>Code of the conflict for who wants to set it aside; null while nobody has answered it. An answer was given also if it did not arrive: it stays in the record.</summary>
    public string? WhyNotToSetAside => Status switch
    {
        CaseStatus.SetAside => "set-aside",
        CaseStatus.AnswerFailed => "answer-did-not-arrive",
        _ => AnsweredAt is null ? null : "already-answered",
    };

    /// <summary>The clock of BJN 13 runs while an answer is missing.</summary>
    public bool IsOverdue(DateTimeOffset now) => AnsweredAt is null && DueAt < now && Status != CaseStatus.SetAside;
}

/// <summary>Which case a message belongs to.</summary>
internal sealed class CaseMessage
{
    public required Guid MessageId { get; init; }
    public required Guid CaseId { get; set; }
    public required DateTimeOffset ReceivedAt { get; init; }
    /// <summary>When it came into the inbox in which it lies: routed, assigned or forwarded. Notices count by it.</summary>
    public required DateTimeOffset PlacedAt { get; set; }
}

/// <summary>Why a message is in no case.</summary>
internal enum KeptReason
{
    /// <summary>Our own number wrote to us: routed or answered, two systems would talk for ever.</summary>
    OwnNumber,
    /// <summary>What the system itself had written came back.</summary>
    OwnText,
    /// <summary>The citizen asked for the status of a case.</summary>
    StatusAsked,
    /// <summary>The citizen asked for the keywords.</summary>
    HelpAsked,
    /// <summary>STOP or MULAI: which of them, and whose, stands beside it.</summary>
    OptOutChanged,
    /// <summary>The citizen does not want his case to be public; its history says so.</summary>
    PublicationObjected,
    /// <summary>An official answered a coordination SMS; Broadcast has the answer.</summary>
    BroadcastAnswered,
}

/// <summary>A message that is stored and in no case.</summary>
internal sealed class KeptMessage
{
    public required Guid MessageId { get; init; }
    public required KeptReason Reason { get; init; }
    public required DateTimeOffset KeptAt { get; init; }
}
