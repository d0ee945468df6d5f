using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Notification.Providers.Kannel;
using Notification.Providers.Sandbox;
using Notification.Sending;
using ServiceDefaults.Webhooks;

namespace Notification.Providers;

/// <summary>An account at a provider: section <c>Channels:&lt;name&gt;</c>; the name is part of the address that its reports come to.</summary>
public sealed record ChannelOptions
{
    public ProviderType Type { get; init; }

    /// <summary>Basic authentication of reports, where the provider type uses it.</summary>
    public string User { get; init; } = "";

    /// <summary>The secret that its reports prove themselves with.</summary>
    public string Secret { get; init; } = "";

    /// <summary>The one before it, accepted as well during rotation.</summary>
    public string? OldSecret { get; init; }

    /// <summary>The message webhook's address as the provider calls it; reports come to the same with <c>/status</c>.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Our numbers; the first is the sender when the command names none.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>The channel whose provider sends, for a channel that only receives.</summary>
    public string? SendThrough { get; init; }

    public Uri? SendUrl { get; init; }
    public string SendUser { get; init; } = "";
    public string SendPassword { get; init; } = "";

    /// <summary>Where the provider shall send its reports.</summary>
    public Uri? StatusUrl { get; init; }

    internal IEnumerable<string> Secrets => OldSecret is null ? [Secret] : [Secret, OldSecret];

    internal bool CanSend => SendThrough is null && Type is ProviderType.Kannel or ProviderType.Sandbox;
}

/// <summary>Provider types; each has its folder.</summary>
public enum ProviderType
{
    Kannel = 1,
    Twilio,
    Generic,
    Sandbox,
}

/// <summary>The configured channels by name, and those among them that send.</summary>
internal sealed class Channels
{
    private readonly Dictionary<string, ChannelOptions> _options;

    public Channels(
        IOptions<Dictionary<string, ChannelOptions>> options, IOptions<SendingOptions> sending, IHttpClientFactory http, TimeProvider clock,
        ILogger<SendingChannel> log)
    {
        _options = options.Value;
        Senders = _options.Where(channel => channel.Value.CanSend).ToFrozenDictionary(
            channel => channel.Key,
            channel => new SendingChannel(channel.Key, Provider(channel.Value, http), sending.Value, clock, log),
            StringComparer.Ordinal);
    }

    public FrozenDictionary<string, SendingChannel> Senders { get; }

    public ChannelOptions? Find(string name) => _options.GetValueOrDefault(name);

    /// <summary>The channel whose provider sends for this one, or null.</summary>
    public string? SenderOf(string name) =>
        Find(name) is { } channel && (channel.SendThrough ?? name) is var sender && Senders.ContainsKey(sender) ? sender : null;

    // The provider types that send, one line each.
    private static ISmsProvider Provider(ChannelOptions channel, IHttpClientFactory http) => channel.Type switch
    {
        ProviderType.Kannel => new KannelProvider(http, channel),
        ProviderType.Sandbox => new SandboxProvider(),
        _ => throw new InvalidOperationException($"{channel.Type} does not send."),
    };
}

internal static partial class ChannelRegistration
{
    // Stands in an address that Kannel fills in with its % escapes.
    [GeneratedRegex("^[A-Za-z0-9._~-]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainInUrl();

    public static void AddChannels(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Channels>();
        // The provider types that report, one line each.
        builder.Services.AddSingleton<IReportFormat, KannelReports>();
        builder.Services.AddSingleton<IReportFormat, Twilio.TwilioReports>();
        builder.Services.AddSingleton<IReportFormat, Generic.GenericReports>();
        builder.Services.AddOptions<Dictionary<string, ChannelOptions>>().BindConfiguration("Channels")
            .Validate(channels => channels.Values.All(IsComplete),
                "Each channel needs a Type and what its type uses: User, Secret, SendUrl, SendUser, SendPassword, StatusUrl; PublicUrl; whsec_ before the secret.")
            .Validate(channels => channels.Values.All(channel => channel.SendThrough is not { } other || channels.GetValueOrDefault(other) is { CanSend: true }),
                "SendThrough names a channel that sends.")
            .ValidateOnStart();
    }

    private static bool IsComplete(ChannelOptions channel) => channel.Type switch
    {
        ProviderType.Kannel when channel.SendThrough is not null => channel is { User.Length: > 0, Secret.Length: > 0 },
        ProviderType.Kannel => channel is { SendUrl.IsAbsoluteUri: true, SendUser.Length: > 0, SendPassword.Length: > 0, Numbers.Count: > 0 }
            && channel.StatusUrl is { IsAbsoluteUri: true } && PlainInUrl().IsMatch(channel.User) && PlainInUrl().IsMatch(channel.Secret),
        ProviderType.Twilio => channel is { Secret.Length: > 0, PublicUrl.IsAbsoluteUri: true },
        ProviderType.Generic => channel.Secrets.All(secret =>
            secret.StartsWith("whsec_", StringComparison.Ordinal) && StandardWebhooks.KeyOf(secret).Length is >= 24 and <= 64),
        ProviderType.Sandbox => true,
        _ => false,
    };
}
