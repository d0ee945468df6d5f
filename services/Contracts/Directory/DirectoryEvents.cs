namespace Contracts.Directory;

/// <summary>A unit of the organisation was created or edited. Carries the whole unit.</summary>
public sealed record UnitChanged
{
    public required Guid UnitId { get; init; }
    public required string Code { get; init; }
    public required string Name { get; init; }
    /// <summary>The unit above; null for the root.</summary>
    public Guid? ParentId { get; init; }
    /// <summary>Since when the unit is closed; null while it is open. A closed unit has no open position and no open unit below it, and stays so.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
    /// <summary>Grows by one with each change of this unit; an older version arriving later is ignored.</summary>
    public required long Version { get; init; }
}

/// <summary>A position was created or edited. The keyword belongs to the position, not to its holder (BJN 12(6)).</summary>
public sealed record PositionChanged
{
    public required Guid PositionId { get; init; }
    public required Guid UnitId { get; init; }
    public required string Code { get; init; }
    public required string Title { get; init; }
    /// <summary>First word of a citizen's SMS, upper case, as it was when this was said; null when the position receives none.</summary>
    public string? Keyword { get; init; }
    /// <summary>All its words: valid now, entered ahead, or ended within the last 30 days. Null from a sender that knows only <see cref="Keyword"/>.</summary>
    public IReadOnlyList<KeywordValidity>? Keywords { get; init; }
    /// <summary>Mayor, DeputyMayor, RegionalSecretary, Assistant, HeadOfUnit or Staff; null in events from before it was told.</summary>
    public string? Kind { get; init; }
    /// <summary>Eselon or class of the post as the organisation writes it; null when it has none.</summary>
    public string? Grade { get; init; }
    /// <summary>Whoever holds it, definitively or acting, signs documents.</summary>
    public bool SignsDocuments { get; init; }
    /// <summary>
    /// Since when the position is closed; null while it is open. A closed position has no keyword and no holder, and stands in the unit that answers for what is
    /// left of it.
    /// </summary>
    public DateTimeOffset? ClosedAt { get; init; }
    public required long Version { get; init; }
}

/// <summary>A word names a position during <c>[From, To)</c>. A copy needs no further event when the instant comes.</summary>
public sealed record KeywordValidity
{
    public required string Word { get; init; }
    public required KeywordKind Kind { get; init; }
    public required DateTimeOffset From { get; init; }
    /// <summary>First instant that no longer counts; null while the end is unknown.</summary>
    public DateTimeOffset? To { get; init; }
}

public enum KeywordKind
{
    /// <summary>The word that citizens are told. One at a time for a position.</summary>
    Primary,
    /// <summary>Another word that is right, as the name before a reorganisation.</summary>
    Alias,
    /// <summary>A wrong spelling that many use.</summary>
    Misspelling,
}

/// <summary>An official holds, or stops holding, a position: <c>[From, To)</c>.</summary>
public sealed record AssignmentChanged
{
    public required Guid AssignmentId { get; init; }
    public required Guid OfficialId { get; init; }
    public required Guid PositionId { get; init; }
    /// <summary>An acting holder has the rights of the post during his time, like the definitive one.</summary>
    public AssignmentKind Kind { get; init; }
    public required DateTimeOffset From { get; init; }
    /// <summary>First instant that no longer counts; null while the end is unknown. The same as <see cref="From"/> for what was entered by mistake: it never counted.</summary>
    public DateTimeOffset? To { get; init; }
    public required long Version { get; init; }
}

/// <summary>How an official holds a position. The abbreviations are those that stand before the title of the post in letters.</summary>
public enum AssignmentKind
{
    Definitive,
    /// <summary>Pelaksana tugas: the post is vacant, or its holder is suspended (UU 30/2014, 14).</summary>
    Plt,
    /// <summary>Pelaksana harian: the holder is away for a time (UU 30/2014, 14).</summary>
    Plh,
    /// <summary>Penjabat: appointed by a higher authority until there is a definitive holder.</summary>
    Pj,
}

/// <summary>How an official is reached by notices, and the name his messages carry. Personal data: the phone number.</summary>
public sealed record ContactChanged
{
    public required Guid OfficialId { get; init; }
    /// <summary>E.164; null when none is registered. One number per person (BJN 12(1)b).</summary>
    public string? NoticePhone { get; init; }
    /// <summary>At most 8 characters (BJN 1(20), KOR 1(17)), as it was when this was said; null when none is set.</summary>
    public string? SenderId { get; init; }
    /// <summary>The one of now and what was entered ahead. Null from a sender that knows only <see cref="SenderId"/>.</summary>
    public IReadOnlyList<SenderIdValidity>? SenderIds { get; init; }
    public required long Version { get; init; }
}

/// <summary>An official's messages carry this name during <c>[From, To)</c>.</summary>
public sealed record SenderIdValidity
{
    public required string SenderId { get; init; }
    public required DateTimeOffset From { get; init; }
    /// <summary>First instant that no longer counts; null while the end is unknown.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>An official was entered, or anything about him changed: who he is, for those that show names. How he is reached is <see cref="ContactChanged"/>'s.</summary>
public sealed record OfficialChanged
{
    public required Guid OfficialId { get; init; }
    /// <summary>As it stands in letters, with titles.</summary>
    public required string Name { get; init; }
    /// <summary>Grows by one with each change of the official, also of what is not told here.</summary>
    public required long Version { get; init; }
}

/// <summary>
/// What the Administrator has granted to an official's account, so that notices reach the secretariat of the SMS Center. It tells whom to notify and permits nothing:
/// what a person may do stands in his access token.
/// </summary>
public sealed record GrantedRolesChanged
{
    public required Guid OfficialId { get; init; }
    /// <summary>Of Administrator, Chair, Secretary and the other granted ones; none while the account is disabled.</summary>
    public required IReadOnlyList<string> Roles { get; init; }
    public required long Version { get; init; }
}

/// <summary>An administrative act in another service goes into the one audit trail (DIR-9). Sent in the save that does the act, or before it where there is none.</summary>
public sealed record WriteToAuditTrail
{
    /// <summary>Name of the operation.</summary>
    public required string Act { get; init; }
    /// <summary>Account or application; <c>owner</c>: by whoever has the server.</summary>
    public required string Actor { get; init; }
    public string? FromAddress { get; init; }
    public required string SubjectKind { get; init; }
    public required Guid SubjectId { get; init; }
    /// <summary>When; the entry itself stands where it was written.</summary>
    public required DateTimeOffset At { get; init; }
    /// <summary>What else is to be known of it; nothing personal.</summary>
    public string? Details { get; init; }
    public string? Reason { get; init; }
}

/// <summary>
/// What every service needs in order to trust or refuse an access token: public keys, and the sessions that ended early.
/// Published at every change and as a heartbeat, so that silence can be told from calm.
/// </summary>
public sealed record SignInStatePublished
{
    /// <summary>When Directory said so; a later one replaces an earlier one.</summary>
    public required DateTimeOffset At { get; init; }
    public required IReadOnlyList<SigningKey> Keys { get; init; }
    /// <summary>Sessions revoked so recently that an access token of theirs could still be within its five minutes.</summary>
    public required IReadOnlyList<Guid> RevokedSessions { get; init; }
}

/// <summary>A public key on P-256, as in a JWK (RFC 7517): coordinates in base64url.</summary>
public sealed record SigningKey
{
    public required string KeyId { get; init; }
    public required string X { get; init; }
    public required string Y { get; init; }
}
