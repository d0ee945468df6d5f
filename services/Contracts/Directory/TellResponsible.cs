namespace Contracts.Directory;

/// <summary>
/// Asks Directory to tell those who answer for something, as they are when it arrives: the heads of a unit, definitive or acting, who have a notice phone; where there is
/// none, and where no unit is named, the administrators who have one. Each gets one notice, which waits until quiet hours are over unless it is urgent. Where nobody has one, it is parked.
/// </summary>
public sealed record TellResponsible
{
    /// <summary>Given by the asking service: one notice to each, however often the command comes.</summary>
    public required Guid Id { get; init; }
    public string? UnitCode { get; init; }
    /// <summary>1 to 1,600 characters, without personal data.</summary>
    public required string Text { get; init; }
    /// <summary>Somebody may be in danger: it goes at night too, as in <see cref="Notification.NotifyOfficial.IsUrgent"/>.</summary>
    public bool IsUrgent { get; init; }
    /// <summary>The official who did what it tells of: he knows.</summary>
    public Guid? Except { get; init; }
    /// <summary>What it tells of stands in a list that they work through anyway: where nobody has a phone, it is not parked.</summary>
    public bool IsListed { get; init; }
}
