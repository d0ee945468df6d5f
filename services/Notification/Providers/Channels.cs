using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Notification.Operating;
using Notification.Providers.Infobip;
using Notification.Providers.Kannel;
using Notification.Providers.Sandbox;
using Notification.Providers.Twilio;
using Notification.Providers.Vonage;
using Notification.Sending;
using ServiceDefaults.Webhooks;

namespace Notification.Providers;

/// <summary>The configured channels by name, and those among them that send.</summary>
internal sealed class Channels
{
    /// <summary>The one that is always there: orders of test keys, of which nothing leaves.</summary>
    public const string Simulation = "simulation";

    private readonly Dictionary<string, ChannelOptions> _options;

    public Channels(
        IOptions<Dictionary<string, ChannelOptions>> options, IOptions<SendingOptions> sending, IHttpClientFactory http, TimeProvider clock,
        ILogger<SendingChannel> log)
    {
        _options = new(options.Value, StringComparer.Ordinal) { [Simulation] = new() { Type = ProviderType.Sandbox } };
        Senders = _options.Where(channel => channel.Value.CanSend).ToFrozenDictionary(
            channel => channel.Key,
            channel => new SendingChannel(channel.Key, Provider(channel.Key, channel.Value, http), sending.Value, clock, log),
            StringComparer.Ordinal);
    }

    public FrozenDictionary<string, SendingChannel> Senders { get; }

    public ChannelOptions? Find(string name) => _options.GetValueOrDefault(name);

    /// <summary>The channel whose provider sends for this one, or null.</summary>
    public string? SenderOf(string name) =>
        Find(name) is { } channel && (channel.SendThrough ?? name) is var sender && Senders.ContainsKey(sender) ? sender : null;

    /// <summary>All that send for a channel, the preferred one first.</summary>
    public IReadOnlyList<string> RoutesOf(string name) => SenderOf(name) is { } first ? [first, .. _options[first].FailOver] : [];

    /// <summary>Who may take what another does not: the most preferred of the others that does not fail itself.</summary>
    /// <param name="name">The channel of the order.</param>
    /// <param name="refusing">The route that does not.</param>
    /// <param name="closed"><see cref="ClosedRoutes"/>.</param>
    /// <param name="alsoFailing">Rather one that has failed than nobody: unless somebody calls it, nobody hears that it is well again.</param>
    public string? OtherRoute(string name, string refusing, IReadOnlySet<string> closed, bool alsoFailing = false)
    {
        var others = RoutesOf(name).Where(route => route != refusing && !closed.Contains(route) && !Senders[route].Rests).ToList();
        return others.Find(route => Senders[route].FailingSince is null) ?? (alsoFailing ? others.FirstOrDefault() : null);
    }

    /// <summary>Channels whose SMS may be waiting at a route.</summary>
    public IEnumerable<string> UsersOf(string route) => _options.Keys.Where(name => RoutesOf(name) is { Count: > 1 } routes && routes.Contains(route, StringComparer.Ordinal));

    // The provider types that send, one line each.
    private ISmsProvider Provider(string name, ChannelOptions channel, IHttpClientFactory http) => channel.Type switch
    {
        // Its lines answer from the numbers at which other channels receive, where it sends for them.
        ProviderType.Kannel => new KannelProvider(http, channel with { Numbers = [.. channel.Numbers, .. _options.Values.Where(other => other.SendThrough == name).SelectMany(other => other.Numbers)] }),
        ProviderType.Infobip => new InfobipProvider(http, channel),
        ProviderType.Twilio => new TwilioProvider(http, channel),
        ProviderType.Vonage => new VonageProvider(http, channel),
        ProviderType.Sandbox => new SandboxProvider(),
        _ => throw new InvalidOperationException($"{channel.Type} does not send."),
    };
}

internal static partial class ChannelRegistration
{
    extension(ChannelOptions channel)
    {
        // What is proved and read by a type that also sends can be a channel that only receives.
        internal bool CanSend => channel.SendThrough is null
            && (channel.Type is ProviderType.Kannel or ProviderType.Sandbox || channel is { Type: ProviderType.Infobip or ProviderType.Twilio or ProviderType.Vonage, SendUrl: not null });
    }

    // Stands in an address that Kannel fills in with its % escapes.
    [GeneratedRegex("^[A-Za-z0-9._~-]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainInUrl();

    public static void AddChannels(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Channels>();
        // The provider types that report, one line each.
        builder.Services.AddSingleton<IReportFormat, KannelReports>();
        builder.Services.AddSingleton<IReportFormat, TwilioReports>();
        builder.Services.AddSingleton<IReportFormat, VonageReports>();
        builder.Services.AddSingleton<IReportFormat, InfobipReports>();
        builder.Services.AddSingleton<IReportFormat, Generic.GenericReports>();
        builder.Services.AddOptions<Dictionary<string, ChannelOptions>>().BindConfiguration("Channels")
            .Validate(channels => channels.Values.All(IsComplete),
                "Each channel needs a Type and what its type uses: User, Secret, SendUrl, SendUser, SendPassword, StatusUrl; PublicUrl; whsec_ before the secret.")
            .Validate(channels => channels.Values.All(channel => channel.SendThrough is not { } other || channels.GetValueOrDefault(other) is { CanSend: true }),
                "SendThrough names a channel that sends.")
            .Validate(channels => channels.All(channel => channel.Value.FailOver.All(other => other != channel.Key && channels.GetValueOrDefault(other) is { CanSend: true })),
                "FailOver names other channels that send.")
            .Validate(channels => !channels.ContainsKey(Pauses.MailServer), "No channel is called email: that is the mail server.")
            .ValidateOnStart();
    }

    private static bool IsComplete(ChannelOptions channel) => channel.CanBeProved && (!channel.CanSend || channel.Type switch
    {
        ProviderType.Kannel => channel is { SendUrl.IsAbsoluteUri: true, SendUser.Length: > 0, SendPassword.Length: > 0, Numbers.Count: > 0, StatusUrl.IsAbsoluteUri: true }
            && PlainInUrl().IsMatch(channel.User) && PlainInUrl().IsMatch(channel.Secret),
        ProviderType.Infobip => channel is { SendUrl.IsAbsoluteUri: true, SendPassword.Length: > 0, Numbers.Count: > 0 },
        ProviderType.Vonage => channel is { SendUrl.IsAbsoluteUri: true, SendUser.Length: > 0, SendPassword.Length: > 0, Numbers.Count: > 0 }
            && channel.StatusUrl is null or { IsAbsoluteUri: true } && channel.CanBeAsked,
        // Its other resources stand beside this one.
        ProviderType.Twilio => channel is { SendUrl.IsAbsoluteUri: true, SendUser.Length: > 0, SendPassword.Length: > 0, Numbers.Count: > 0 }
            && channel.SendUrl.AbsolutePath.EndsWith("/Messages.json", StringComparison.Ordinal),
        _ => true,
    });
}
