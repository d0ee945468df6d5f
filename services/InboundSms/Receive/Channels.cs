using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServiceDefaults.Sms;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive;

/// <summary>An account at a provider: section <c>Channels:&lt;name&gt;</c>. The name is part of the door's address.</summary>
public sealed record ChannelOptions
{
    [Required]
    public ProviderType Type { get; init; }

    /// <summary>Basic authentication, where the provider type uses it.</summary>
    public string User { get; init; } = "";

    /// <summary>The signing secret or password that is valid.</summary>
    public string Secret { get; init; } = "";

    /// <summary>The one before it, accepted as well during rotation.</summary>
    public string? OldSecret { get; init; }

    /// <summary>The door's address as the provider calls it, where its signature covers the address.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Our numbers: a message from one of them is our own.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    internal IEnumerable<string> Secrets => OldSecret is null ? [Secret] : [Secret, OldSecret];
}

/// <summary>Provider types; each has its class in <c>Providers/</c>, but for the sandbox, which only sends.</summary>
public enum ProviderType
{
    Kannel = 1,
    Twilio,
    Generic,
    Sandbox,
}

/// <summary>The configured channels by name.</summary>
internal sealed class Channels(IOptions<Dictionary<string, ChannelOptions>> options)
{
    private readonly HashSet<string> _ownNumbers = options.Value.Values
        .SelectMany(channel => channel.Numbers).Select(number => PhoneNumber.Parse(number).Value).ToHashSet(StringComparer.Ordinal);

    public ChannelOptions? Find(string name) => options.Value.GetValueOrDefault(name);

    /// <summary>The number, in whatever spelling, is one of ours on any channel.</summary>
    public bool IsOwn(string number) => _ownNumbers.Contains(number);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Channels>();
        services.AddOptions<Dictionary<string, ChannelOptions>>().BindConfiguration("Channels")
            .Validate(channels => channels.Values.All(IsComplete), "Each channel needs a Type, a Secret, and what its type uses: User, PublicUrl, or whsec_ before the secret.")
            .ValidateOnStart();
    }

    private static bool IsComplete(ChannelOptions channel) => channel.Type switch
    {
        ProviderType.Kannel => channel is { User.Length: > 0, Secret.Length: > 0 },
        ProviderType.Twilio => channel is { Secret.Length: > 0, PublicUrl.IsAbsoluteUri: true },
        ProviderType.Generic => channel.Secrets.All(secret => secret.StartsWith("whsec_", StringComparison.Ordinal) && StandardWebhooks.KeyOf(secret).Length is >= 24 and <= 64),
        ProviderType.Sandbox => true,
        _ => false,
    };
}
