using System.Text.Json.Serialization;
using ServiceDefaults.DirectoryCopy;

namespace Broadcast.Storage;

/// <summary>What a broadcast is (KOR 9(1)).</summary>
public enum BroadcastKind
{
    Information,
    /// <summary>Criticism or complaint.</summary>
    Criticism,
    Question,
    /// <summary>Proposal or suggestion.</summary>
    Proposal,
    /// <summary>To an official or social event: place, time, dress.</summary>
    Invitation,
}

/// <summary>Where a broadcast stands. Each move is made by one guarded update of its version.</summary>
public enum BroadcastState
{
    /// <summary>Requested; the Administrator words it.</summary>
    Draft,
    /// <summary>The Chair examines exactly this revision. A change takes it back to Draft.</summary>
    Submitted,
    /// <summary>Approved; its moment has not come.</summary>
    Scheduled,
    /// <summary>Its moment passed while nothing could be sent; a person decides.</summary>
    Late,
    Sending,
    Paused,
    /// <summary>Every recipient has an outcome or will get it without us.</summary>
    Completed,
    Cancelled,
    /// <summary>The Chair will not have it sent.</summary>
    Rejected,
}

/// <summary>Why the originator may (KOR 6a, 8).</summary>
public enum OriginatorBasis
{
    Mayor,
    RegionalSecretary,
    /// <summary>One of them has authorised him in writing.</summary>
    Letter,
}

/// <summary>Where the examination of an emergency stands that was let go before it.</summary>
public enum Afterwards
{
    Waiting,
    Approved,
    Disapproved,
}

/// <summary>A coordination SMS from its request to its end.</summary>
public sealed class BroadcastMessage
{
    public Guid Id { get; init; }
    /// <summary>Told to people; given by the database.</summary>
    public long Number { get; private init; }
    public BroadcastKind Kind { get; init; }
    public BroadcastState State { get; set; }
    /// <summary>Sent on the word of a second person, examined by the Chair afterwards.</summary>
    public bool IsEmergency { get; set; }
    /// <summary>Of the revision that counts; null where nobody has let it go unexamined.</summary>
    public Afterwards? Afterwards { get; set; }
    public Guid OriginatorId { get; init; }
    /// <summary>Of the copy; null: the directory has not told of him. No part of the broadcast: his name can change.</summary>
    [JsonIgnore]
    public Official? Originator { get; init; }
    public OriginatorBasis OriginatorBasis { get; set; }
    /// <summary>The one in force when it was submitted; before that, when it was asked for.</summary>
    public Guid? LetterId { get; set; }
    public string Subject { get; set; } = "";
    /// <summary>What the originator wants to be said.</summary>
    public string Request { get; set; } = "";
    public Guid? CorrectsId { get; init; }
    /// <summary>The revision that counts; 0 before it is worded.</summary>
    public int Revision { get; set; }
    /// <summary>Account.</summary>
    public string CreatedBy { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ChangedAt { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public long Version { get; set; }
}

/// <summary>How recipients answer.</summary>
public enum AnswerMode
{
    None,
    /// <summary>Yes or no, as to an invitation.</summary>
    Attendance,
    Free,
}

/// <summary>Exactly what is examined and sent. Never changed: another wording is another revision.</summary>
public sealed class Revision
{
    public Guid BroadcastId { get; init; }
    public int No { get; init; }
    /// <summary>NFC, with placeholders.</summary>
    public string Text { get; init; } = "";
    public string? SenderId { get; init; }
    /// <summary>Empty: Notification's default channel.</summary>
    public string Channel { get; init; } = "";
    /// <summary><see cref="Audiences.Audience"/> as JSON.</summary>
    public string Audience { get; init; } = "{}";
    /// <summary>Whoever comes to fulfil the rules before the sending receives too.</summary>
    public bool WithArrivals { get; init; }
    /// <summary>Null: as soon as it is approved.</summary>
    public DateTimeOffset? SendAt { get; init; }
    public int LateAfterMinutes { get; init; }
    /// <summary>What has not been handed over by then is not any more.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
    /// <summary>Place, time and dress, as JSON; of invitations only.</summary>
    public string? Invitation { get; init; }
    /// <summary>From then on it is of use to nobody: its validity is over, or the event has begun.</summary>
    public DateTimeOffset? UsefulUntil => Wording.Invitation.Read(Invitation)?.StartsAt is { } begins && !(ValidUntil < begins) ? begins : ValidUntil;
    public AnswerMode Answers { get; init; }
    /// <summary>Account: never the approver's.</summary>
    public string Author { get; init; } = "";
    public Guid? AuthorOfficialId { get; init; }
    public Official? AuthorOfficial { get; init; }
    public DateTimeOffset WrittenAt { get; init; }
    /// <summary>Of the list that was resolved for the examination; null before.</summary>
    public int? Recipients { get; set; }
    public int? Segments { get; set; }
    public byte[]? ListHash { get; set; }
    /// <summary>When it was resolved: own lists count as they stood then.</summary>
    public DateTimeOffset? FrozenAt { get; set; }
    /// <summary>What the examiner signs.</summary>
    public byte[]? ContentHash { get; set; }
}
