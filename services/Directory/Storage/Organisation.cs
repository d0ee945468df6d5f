using Contracts.Directory;

namespace Directory.Storage;

/// <summary>Department, office, sub-district (Perangkat Daerah, SKPD, Unit Kerja).</summary>
internal sealed class OrganizationUnit
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Code { get; init; }
    public required string Name { get; set; }
    public Guid? ParentId { get; set; }
    public OrganizationUnit? Parent { get; init; }
    public List<UnitOperator> Operators { get; } = [];
    public DateTimeOffset? ClosedAt { get; set; }
    public long Version { get; set; } = 1;

    public UnitChanged Changed() =>
        new() { UnitId = Id, Code = Code, Name = Name, ParentId = ParentId, ClosedAt = ClosedAt, Version = Version };
}

/// <summary>The kinds of BJN 12(1)a and KOR 8 by which later rules choose people.</summary>
public enum PositionKind
{
    Mayor,
    DeputyMayor,
    RegionalSecretary,
    Assistant,
    HeadOfUnit,
    Staff,
}

/// <summary>A post in a unit. The keyword is the post's, not its holder's: the institution answers (BJN 12(6)).</summary>
internal sealed class Position
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Code { get; init; }
    public required string Title { get; set; }
    public required PositionKind Kind { get; init; }
    /// <summary>Eselon or class, as the organisation writes it.</summary>
    public string? Grade { get; set; }
    /// <summary>Whoever holds it signs documents, and needs a second factor.</summary>
    public bool SignsDocuments { get; set; }
    public required Guid UnitId { get; set; }
    public OrganizationUnit? Unit { get; init; }
    /// <summary>Past, present and entered ahead; always loaded with the post, so that no event forgets them.</summary>
    public List<PositionKeyword> Keywords { get; } = [];
    public DateTimeOffset? ClosedAt { get; set; }
    public long Version { get; set; } = 1;

    /// <summary>The primary word at an instant.</summary>
    public string? KeywordAt(DateTimeOffset instant) =>
        Keywords.SingleOrDefault(keyword => keyword.Kind == KeywordKind.Primary && keyword.IsValidAt(instant))?.Word;

    /// <summary>
    /// From an instant on a word is the post's. What stands in its way ends then: its own earlier use of the word, and before a primary word the one before with all
    /// that was entered ahead.
    /// </summary>
    public void Give(string word, KeywordKind kind, DateTimeOffset from, TimeSpan rest)
    {
        Release(keyword => keyword.Word == word || (kind == KeywordKind.Primary && keyword.Kind == KeywordKind.Primary), from, rest);
        Keywords.Add(new() { Word = word, Kind = kind, ValidFrom = from });
    }

    /// <summary>Some of its words end at an instant; what was to start later is cancelled.</summary>
    public void Release(Func<PositionKeyword, bool> isMeant, DateTimeOffset at, TimeSpan rest)
    {
        foreach (var keyword in Keywords.Where(keyword => keyword.EndsAfter(at) && isMeant(keyword)))
            keyword.End(at, rest);
    }

    public PositionChanged Changed(DateTimeOffset now) => new()
    {
        PositionId = Id,
        UnitId = UnitId,
        Code = Code,
        Title = Title,
        Keyword = KeywordAt(now),
        // A message that came before the end of a word can be routed after it.
        Keywords = [.. Keywords.Where(keyword => keyword.ValidTo != keyword.ValidFrom && keyword.EndsAfter(now.AddDays(-30))).OrderBy(keyword => keyword.ValidFrom)
            .Select(keyword => new KeywordValidity { Word = keyword.Word, Kind = keyword.Kind, From = keyword.ValidFrom, To = keyword.ValidTo })],
        Kind = Kind.ToString(),
        Grade = Grade,
        SignsDocuments = SignsDocuments,
        ClosedAt = ClosedAt,
        Version = Version,
    };
}

/// <summary>A person who holds positions.</summary>
internal sealed class Official
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string EmployeeNumber { get; init; }
    public required string Name { get; set; }
    /// <summary>E.164. Personal data.</summary>
    public string? NoticePhone { get; set; }
    public DateTimeOffset? NoticePhoneSince { get; set; }
    /// <summary>When its owner entered a code that was sent to it; null as long as he has not.</summary>
    public DateTimeOffset? NoticePhoneProvedAt { get; set; }
    /// <summary>When the Administrator last found it to be right.</summary>
    public DateTimeOffset? NoticePhoneCheckedAt { get; set; }
    /// <summary>Past, present and entered ahead; always loaded with the person, so that no event forgets them.</summary>
    public List<OfficialSenderId> SenderIds { get; } = [];
    public long Version { get; set; } = 1;

    /// <summary>From an instant on notices reach him there, or nowhere. The number before, if it was another, is returned to be kept.</summary>
    /// <param name="number">E.164, or null.</param>
    /// <param name="at">The instant.</param>
    /// <param name="restsUntil">Until then nobody else gets the number before.</param>
    public FormerNoticePhone? UseNoticePhone(string? number, DateTimeOffset at, DateTimeOffset? restsUntil = null)
    {
        if (NoticePhone == number)
            return null;
        var former = NoticePhone is null ? null
            : new FormerNoticePhone { OfficialId = Id, Number = NoticePhone, UsedFrom = NoticePhoneSince, UsedTo = at, RestsUntil = restsUntil };
        (NoticePhone, NoticePhoneSince, NoticePhoneProvedAt, NoticePhoneCheckedAt) = (number, number is null ? null : at, null, null);
        return former;
    }

    public string? SenderIdAt(DateTimeOffset instant) => SenderIds.SingleOrDefault(senderId => senderId.IsValidAt(instant))?.SenderId;

    /// <summary>From an instant on his messages carry this name, or none; what was entered ahead is cancelled.</summary>
    public void UseSenderId(string? senderId, DateTimeOffset from, TimeSpan rest)
    {
        foreach (var earlier in SenderIds.Where(earlier => earlier.EndsAfter(from)))
            earlier.End(from, rest);
        if (senderId is not null)
            SenderIds.Add(new() { SenderId = senderId, ValidFrom = from });
    }

    public OfficialChanged Changed() => new() { OfficialId = Id, Name = Name, Version = Version };

    public ContactChanged ContactChanged(DateTimeOffset now) => new()
    {
        OfficialId = Id,
        NoticePhone = NoticePhone,
        SenderId = SenderIdAt(now),
        SenderIds = [.. SenderIds.Where(senderId => senderId.ValidTo != senderId.ValidFrom && senderId.EndsAfter(now)).OrderBy(senderId => senderId.ValidFrom)
            .Select(senderId => new SenderIdValidity { SenderId = senderId.SenderId, From = senderId.ValidFrom, To = senderId.ValidTo })],
        Version = Version,
    };
}

/// <summary>
/// An official holds a position during <c>[HeldFrom, HeldTo)</c>. Never deleted: it is the history; what was entered by mistake or cancelled before its time
/// ends where it begins, and so never counts.
/// </summary>
internal sealed class Assignment
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid OfficialId { get; init; }
    public Official? Official { get; init; }
    public required Guid PositionId { get; init; }
    public Position? Position { get; init; }
    public AssignmentKind Kind { get; init; } = AssignmentKind.Definitive;
    public required DateTimeOffset HeldFrom { get; set; }
    public DateTimeOffset? HeldTo { get; set; }
    /// <summary>Of the decree or order; an acting holder always has one.</summary>
    public string? OrderNumber { get; set; }
    public long Version { get; set; } = 1;

    /// <summary>Ends at the instant, or never counts when it would only begin then or later.</summary>
    public void End(DateTimeOffset at) => (HeldTo, Version) = (at > HeldFrom ? at : HeldFrom, Version + 1);

    public AssignmentChanged Changed() =>
        new() { AssignmentId = Id, OfficialId = OfficialId, PositionId = PositionId, Kind = Kind, From = HeldFrom, To = HeldTo, Version = Version };
}
