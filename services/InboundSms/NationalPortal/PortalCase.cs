namespace InboundSms.NationalPortal;

/// <summary>Which way a case went.</summary>
public enum PortalDirection
{
    /// <summary>A citizen wrote to the portal; the city answers.</summary>
    FromPortal,
    /// <summary>A citizen wrote to the city; another government answers.</summary>
    ToPortal,
}

/// <summary>A case that the city shares with the national complaint portal.</summary>
internal sealed class PortalCase
{
    /// <summary>The first message of the case.</summary>
    public required Guid MessageId { get; init; }
    public required PortalDirection Direction { get; init; }
    /// <summary>The portal's number; null until the portal has given one.</summary>
    public string? TrackingId { get; set; }
    /// <summary>Why it was handed over.</summary>
    public string? Reason { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
}
