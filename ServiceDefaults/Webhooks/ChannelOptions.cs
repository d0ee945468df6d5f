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

    /// <summary>The one before it, accepted as well until <see cref="OldSecretUntil"/>.</summary>
    public string? OldSecret { get; init; }

    /// <summary>End of a rotation: from this instant on only <see cref="Secret"/> counts. An old secret without an end would be a second one for ever.</summary>
    public DateTimeOffset? OldSecretUntil { get; init; }

    /// <summary>How the provider signs, where its type knows several ways.</summary>
    public VonageSignatureMethod? SignatureMethod { get; init; }

    /// <summary>The message webhook's address as the provider calls it, where its signature covers the address; reports come to the same with <c>/status</c>.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Our numbers: a message from one of them is our own; the first is the sender when a command names none.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>The channel whose provider sends, for a channel that only receives.</summary>
    public string? SendThrough { get; init; }

    /// <summary>Channels that send instead, in order of preference, what this one certainly does not take.</summary>
    public IReadOnlyList<string> FailOver { get; init; } = [];

    /// <summary>Less than this at a prepaid provider is an alarm, in its currency.</summary>
    public decimal? BalanceAlarm { get; init; }

    public Uri? SendUrl { get; init; }
    public string SendUser { get; init; } = "";
    public string SendPassword { get; init; } = "";

    /// <summary>Where the provider shall send its reports.</summary>
    public Uri? StatusUrl { get; init; }

    /// <summary>Where the provider's list of received messages can be asked for what its webhook did not deliver; empty where it is not asked.</summary>
    public Uri? ListUrl { get; init; }
    public string ListUser { get; init; } = "";
    public string ListPassword { get; init; } = "";

    /// <summary>The secrets that count at an instant.</summary>
    public IEnumerable<string> SecretsAt(DateTimeOffset now) => OldSecret is null || now >= OldSecretUntil ? [Secret] : [Secret, OldSecret];

    /// <summary>What is needed to prove a call of this provider is set.</summary>
    public bool CanBeProved => (OldSecret is null) == (OldSecretUntil is null) && Type switch
    {
        ProviderType.Kannel or ProviderType.Infobip => this is { User.Length: > 0, Secret.Length: > 0 },
        ProviderType.Twilio => this is { Secret.Length: > 0, PublicUrl.IsAbsoluteUri: true },
        ProviderType.Generic => StandardWebhooks.IsSecret(Secret) && (OldSecret is null || StandardWebhooks.IsSecret(OldSecret)),
        ProviderType.Vonage => this is { Secret.Length: > 0, SignatureMethod: not null },
        ProviderType.Sandbox => true,
        _ => false,
    };

    /// <summary>What is needed to ask the provider's list is set, or nothing of it.</summary>
    public bool CanBeAsked => ListUrl is null || (this is { ListUrl.IsAbsoluteUri: true, ListPassword.Length: > 0 } && Type switch
    {
        ProviderType.Twilio or ProviderType.Vonage => ListUser.Length > 0,
        ProviderType.Infobip => true,
        _ => false,
    });
}

/// <summary>Provider types; each has its class in every service that speaks with it. The sandbox only sends.</summary>
public enum ProviderType
{
    Kannel = 1,
    Twilio,
    Generic,
    Sandbox,
    Vonage,
    Infobip,
}
