namespace Directory.Storage;

/// <summary>The one organisation whose directory this is: what stands on its letters and its seal.</summary>
internal sealed class OrganisationIdentity
{
    public const short TheOne = 1;

    public short Id { get; init; } = TheOne;
    public required string Name { get; set; }
    public required string SealText { get; set; }
    /// <summary>The head lines of a letter, from the top.</summary>
    public required string[] Letterhead { get; set; }
    public required string Address { get; set; }
    /// <summary>Where letters are signed.</summary>
    public required string City { get; set; }
    public required string Telephone { get; set; }
    public required string Email { get; set; }
    public required string Website { get; set; }
    public required long Version { get; set; }
}
