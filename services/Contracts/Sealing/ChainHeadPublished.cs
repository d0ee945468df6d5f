namespace Contracts.Sealing;

/// <summary>
/// How long a service's hash chain is and what it ends with. The others keep it, so that an end that is cut off later, with the service's own database in the hands of
/// whoever cuts, is missed.
/// </summary>
public sealed record ChainHeadPublished
{
    /// <summary>As its database is called: <c>directory</c>, <c>inboundsms</c>.</summary>
    public required string Service { get; init; }
    /// <summary>Number of the last link; links are counted from 1 without a gap.</summary>
    public required long Seq { get; init; }
    /// <summary>SHA-256 of the last link, in hexadecimal digits.</summary>
    public required string Hash { get; init; }
}
