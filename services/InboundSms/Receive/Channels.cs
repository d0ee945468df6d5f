using InboundSms.Storage;
using Microsoft.Extensions.Options;
using ServiceDefaults.Sms;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive;

/// <summary>The configured channels by name.</summary>
/// <remarks>Three names are no provider's: there messages come from the web form, the call centre and the national portal.</remarks>
internal sealed class Channels(IOptions<Dictionary<string, ChannelOptions>> options)
{
    private readonly HashSet<string> _ownNumbers = options.Value.Values
        .SelectMany(channel => channel.Numbers).Select(number => PhoneNumber.Parse(number).Value).ToHashSet(StringComparer.Ordinal);

    public const string Web = "web";
    public const string CallCentre = "call-centre";
    public const string Portal = "portal";

    public ChannelOptions? Find(string name) => options.Value.GetValueOrDefault(name);

    /// <summary>Those whose provider can be asked for what it received.</summary>
    public IEnumerable<KeyValuePair<string, ChannelOptions>> WithList { get; } = [.. options.Value.Where(channel => channel.Value.ListUrl is not null)];

    /// <summary>How a citizen reached the city by it.</summary>
    public static CaseChannel Of(string name) => name switch
    {
        Web => CaseChannel.Web,
        CallCentre => CaseChannel.CallCentre,
        Portal => CaseChannel.Portal,
        _ => CaseChannel.Sms,
    };

    public static bool IsReserved(string name) => name is Web or CallCentre or Portal;

    /// <summary>The number, in whatever spelling, is one of ours on any channel.</summary>
    public bool IsOwn(string number) => _ownNumbers.Contains(number);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Channels>();
        services.AddOptions<Dictionary<string, ChannelOptions>>().BindConfiguration("Channels")
            .Validate(channels => channels.Values.All(channel => channel.CanBeProved), "Each channel needs a Type, a Secret, and what its type uses: User, PublicUrl, SignatureMethod, whsec_ before the secret; and an OldSecret its OldSecretUntil.")
            .Validate(channels => channels.Values.All(channel => channel.CanBeAsked), "A ListUrl needs an absolute address, a ListPassword, a ListUser (not for an API key of Infobip), and a type that has a list.")
            .Validate(channels => !channels.Keys.Any(IsReserved), $"No channel can be named {Web}, {CallCentre} or {Portal}.")
            .ValidateOnStart();
    }
}
