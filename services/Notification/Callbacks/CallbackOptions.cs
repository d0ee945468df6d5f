using System.Net;

namespace Notification.Callbacks;

/// <summary>Section <c>Callbacks</c>.</summary>
public sealed record CallbackOptions
{
    public const int ShortestKey = 32;

    /// <summary>The secrets of all addresses follow from it; the same for all instances. Another key, other secrets: applications have to fetch theirs anew.</summary>
    public string Key { get; init; } = "";

    /// <summary>Networks that are called although they are not public, such as the city's data centre: <c>10.20.0.0/16</c>. Loopback in it also allows plain http, for tests.</summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];

    /// <summary>How long an application may take to answer.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(10);

    internal bool IsComplete => Key.Length >= ShortestKey && AllowedNetworks.All(network => IPNetwork.TryParse(network, out _))
        && CallLimit > TimeSpan.Zero && CallLimit <= TimeSpan.FromSeconds(20);
}
