namespace UnderFire.Tests.Load;

/// <summary>What a provider hands over at once: a message, or a part of a long one that it does not join.</summary>
/// <param name="Channel">By which provider.</param>
/// <param name="Id">The provider's; a repeat has it too.</param>
/// <param name="From">E.164.</param>
/// <param name="Text">Of a part in octets, nothing.</param>
internal sealed record Sms(string Channel, string Id, string From, string Text)
{
    public Place? Place { get; init; }
    public Octets? Octets { get; init; }

    /// <summary>As the checker names parts.</summary>
    public string PartName => $"{Channel} {Id} {Place?.Number}";
}

/// <summary>Which part of how many.</summary>
internal sealed record Place(string Reference, int Total, int Number);

/// <summary>User data as the network carries it, its header told apart.</summary>
/// <param name="Coding"><c>gsm7</c> or <c>ucs2</c>.</param>
/// <param name="Header">With its length octet.</param>
/// <param name="Data">Packed septets, or UTF-16 with the big end first.</param>
internal sealed record Octets(string Coding, byte[] Header, byte[] Data);
