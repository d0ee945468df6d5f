namespace ServiceDefaults.Webhooks;

/// <summary>
/// An account at an SMS provider: section <c>Channels:&lt;name&gt;</c>, the same for every service that reads it. The name is part of the addresses that the provider calls.
/// </summary>
public sealed record ChannelOptions
{
    public ProviderType Type { get; init; }

    /// <summary>Basic authentication of the provider's calls, where its type uses it.</summary>
    public string User { get; init; } = "";

    /// <summary>The secret that the provider's calls prove themselves with.</summary>
    public string Secret { get; init; } = "";

    /// <summary>The one before it, accepted as well during rotation.</summary>
    public string? OldSecret { get; init; }

    /// <summary>The message webhook's address as the provider calls it, where its signature covers the address; reports come to the same with <c>/status</c>.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Our numbers: a message from one of them is our own; the first is the sender when a command names none.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>The channel whose provider sends, for a channel that only receives.</summary>
    public string? SendThrough { get; init; }

    public Uri? SendUrl { get; init; }
    public string SendUser { get; init; } = "";
    public string SendPassword { get; init; } = "";

    /// <summary>Where the provider shall send its reports.</summary>
    public Uri? StatusUrl { get; init; }

    public IEnumerable<string> Secrets => OldSecret is null ? [Secret] : [Secret, OldSecret];

    /// <summary>What is needed to prove a call of this provider is set.</summary>
    public bool CanBeProved => Type switch
    {
        ProviderType.Kannel => this is { User.Length: > 0, Secret.Length: > 0 },
        ProviderType.Twilio => this is { Secret.Length: > 0, PublicUrl.IsAbsoluteUri: true },
        ProviderType.Generic => Secrets.All(StandardWebhooks.IsSecret),
        ProviderType.Sandbox => true,
        _ => false,
    };
}

/// <summary>Provider types; each has its class in every service that speaks with it. The sandbox only sends.</summary>
public enum ProviderType
{
    Kannel = 1,
    Twilio,
    Generic,
    Sandbox,
}
