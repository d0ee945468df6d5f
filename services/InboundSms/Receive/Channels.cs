using Microsoft.Extensions.Options;
using ServiceDefaults.Sms;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive;

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
            .Validate(channels => channels.Values.All(channel => channel.CanBeProved), "Each channel needs a Type, a Secret, and what its type uses: User, PublicUrl, or whsec_ before the secret.")
            .ValidateOnStart();
    }
}
