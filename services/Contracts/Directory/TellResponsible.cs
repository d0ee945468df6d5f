namespace Contracts.Directory;

/// <summary>
/// Asks Directory to tell those who answer for something, as they are when it arrives: the heads of a unit, definitive or acting, who have a notice phone; where there is
/// none, and where no unit is named, the administrators who have one. Each gets one notice, which can wait until quiet hours are over. Where nobody has one, it is parked.
/// </summary>
public sealed record TellResponsible
{
    /// <summary>Given by the asking service: one notice to each, however often the command comes.</summary>
    public required Guid Id { get; init; }
    public string? UnitCode { get; init; }
    /// <summary>1 to 1,600 characters, without personal data.</summary>
    public required string Text { get; init; }
}
