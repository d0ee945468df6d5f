using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using InboundSms.Storage;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.SignIn;

namespace InboundSms.History;

/// <summary>What can happen to a case. Stored by name.</summary>
internal enum CaseEventKind
{
    /// <summary>The first message opened it; the legal clock runs since its receipt.</summary>
    Opened,
    /// <summary>A further message of the citizen belongs to it.</summary>
    MessageJoined,
    /// <summary>The same words of the same number came again within moments; a person says whether that is a matter of its own.</summary>
    DuplicateSuspected,
    /// <summary>He said: a repeat.</summary>
    DuplicateConfirmed,
    /// <summary>He said: a matter of its own. This is its case.</summary>
    SplitOff,
    /// <summary>The same, told in the case that it had stood in.</summary>
    MessageLeft,
    /// <summary>One number writes more than one person does: from this message on all of them are part of this case, and only the first is noted.</summary>
    FloodFolded,
    /// <summary>The sender of a message in it was blocked: what he writes next is kept elsewhere.</summary>
    SenderBlocked,
    /// <summary>That block was ended before its time.</summary>
    SenderUnblocked,
    /// <summary>A message in it came from a blocked sender, and was let through at this time.</summary>
    MessageReleased,
    /// <summary>The citizen asked that it is never published.</summary>
    MadeSecret,
    /// <summary>The secretariat gave it to a position out of its tray.</summary>
    Assigned,
    /// <summary>A stage of the ladder: officials were told that it has not been answered.</summary>
    EscalationSent,
    /// <summary>A stage of which nobody was told; the reason stands beside it.</summary>
    EscalationSkipped,
    /// <summary>The SMS of a stage did not reach an official.</summary>
    EscalationFailed,
    /// <summary>An official of the unit took it, was given it, or gave it back.</summary>
    HandlerChanged,
    /// <summary>Somebody who looked for the citizen's number was shown it.</summary>
    FoundByNumber,
    /// <summary>Those who work on it told each other something.</summary>
    NoteAdded,
    /// <summary>It went to another position; the clock went on.</summary>
    Forwarded,
    /// <summary>Somebody wrote an answer for the head to approve, or wrote it anew.</summary>
    AnswerProposed,
    /// <summary>The head wants the proposed answer otherwise.</summary>
    ProposalReturned,
    /// <summary>An answer was committed; the legal clock stops at the first.</summary>
    Answered,
    /// <summary>The operator has the answer; no handset has confirmed it.</summary>
    AnswerAtOperator,
    /// <summary>The handset has the answer, or its operator says so.</summary>
    AnswerDelivered,
    /// <summary>The answer finally failed; the case is back on the list.</summary>
    AnswerFailed,
    /// <summary>Question and answer became public, or public again.</summary>
    Published,
    /// <summary>A person looked at what only a person can judge, and found that it can be public.</summary>
    PublicationReviewed,
    /// <summary>A person hid more of it.</summary>
    PublicationMasked,
    /// <summary>The secretariat uncovered something that was hidden.</summary>
    PublicationUncovered,
    /// <summary>It was taken off the public site.</summary>
    TakenDown,
    /// <summary>It may be public again.</summary>
    BroughtBack,
    /// <summary>An official set its class, or a later message of the citizen told it.</summary>
    ClassSet,
    /// <summary>It became an emergency, by a word of the citizen or an official, or a normal case again.</summary>
    PriorityChanged,
    /// <summary>The quick reaction team, or whoever stands in for it, was told; nobody if there was nobody to tell.</summary>
    EmergencyTold,
    /// <summary>A notice of the emergency did not reach its official.</summary>
    EmergencyNoticeFailed,
    /// <summary>Somebody proposed that it is not answered (BJN 10(2)).</summary>
    SetAsideProposed,
    /// <summary>A second person confirmed that: it is not answered.</summary>
    SetAside,
    /// <summary>A second person decided that it is to be answered.</summary>
    SetAsideRejected,
    /// <summary>It is to be answered after all.</summary>
    SetAsideUndone,
    /// <summary>It was handed over to the national portal, or the portal's number was noted.</summary>
    HandedToPortal,
    /// <summary>Somebody was shown the citizen's number, for a reason.</summary>
    SenderShown,
    /// <summary>Somebody said of which recurring problem it is, or of none.</summary>
    ProblemNamed,
}

/// <summary>Something that happened to a case. Append-only and sealed.</summary>
internal sealed class CaseEvent
{
    public const string SealKind = "case-event";

    public required Guid Id { get; init; }
    public required Guid CaseId { get; init; }
    public required CaseEventKind Kind { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>Account, or <c>system</c>.</summary>
    public required string Actor { get; init; }
    public required byte[] Commitment { get; init; }
    public CaseEventContent? Content { get; init; }

    /// <summary>The verifier's view, in the order of <see cref="CaseHistory.Record"/>.</summary>
    public static SealedKind Sealed { get; } = new(SealKind, """
        select e.id, e.commitment, c.salt, uuid_send(e.case_id) as case_id, convert_to(e.kind, 'UTF8') as kind,
          convert_to((extract(epoch from e.at) * 1000000)::bigint::text, 'UTF8') as at, convert_to(e.actor, 'UTF8') as actor,
          convert_to(c.details::text, 'UTF8') as details
        from case_event e left join case_event_content c on c.event_id = e.id
        """);
}

/// <summary>Particulars of an event; may name people, so that the law can ask for their erasure.</summary>
internal sealed class CaseEventContent
{
    public required Guid EventId { get; init; }
    public required byte[] Salt { get; init; }
    /// <summary>JSON; null when the kind says all.</summary>
    public string? Details { get; init; }
}

internal static class CaseHistory
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Member of the details that names the official who acted: an account's number tells nobody who it was.</summary>
    public const string By = "by";

    /// <summary>The same for what a person does: names him too, if he is an official.</summary>
    public static Guid Record(this InboundSmsDb db, Guid caseId, CaseEventKind kind, DateTimeOffset at, ClaimsPrincipal user, object? details = null)
    {
        if (!user.HasOfficial)
            return db.Record(caseId, kind, at, user.Actor, details);

        var named = details is null ? [] : (JsonObject)JsonSerializer.SerializeToNode(details, Json)!;
        named[By] = user.OfficialId;
        return db.Record(caseId, kind, at, user.Actor, named);
    }

    /// <summary>Writes an event into the history of a case, with the save that makes it true.</summary>
    /// <param name="db">The context of the act.</param>
    /// <param name="caseId">Whose history.</param>
    /// <param name="kind">What happened.</param>
    /// <param name="at">When.</param>
    /// <param name="actor">Account, or <c>system</c>.</param>
    /// <param name="details">Ids, codes, a reason; never the citizen's words or number: they have their own rows.</param>
    /// <returns>Id of the event.</returns>
    public static Guid Record(this InboundSmsDb db, Guid caseId, CaseEventKind kind, DateTimeOffset at, string actor, object? details = null)
    {
        // PostgreSQL keeps microseconds; the commitment must be over what is kept.
        at = at.ToUniversalTime().InMicroseconds;
        var id = Guid.CreateVersion7(at);
        var salt = Commitment.NewSalt();
        var text = details is null ? null : JsonSerializer.Serialize(details, Json);
        var microseconds = (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var commitment = Commitment.Of(salt, caseId.ToByteArray(bigEndian: true), Commitment.Text(kind.ToString()),
            Commitment.Text(microseconds.ToString(CultureInfo.InvariantCulture)), Commitment.Text(actor), Commitment.Text(text));
        db.Add(new CaseEvent
        {
            Id = id,
            CaseId = caseId,
            Kind = kind,
            At = at,
            Actor = actor,
            Commitment = commitment,
            Content = new() { EventId = id, Salt = salt, Details = text },
        });
        db.Seal(CaseEvent.SealKind, id, commitment);
        return id;
    }
}
