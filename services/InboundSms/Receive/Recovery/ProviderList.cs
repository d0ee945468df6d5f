using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using System.Text;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Recovery;

/// <summary>The list of received messages that a provider type keeps beside its webhook.</summary>
internal interface IProviderList
{
    ProviderType Type { get; }

    /// <summary>What was told once is not told again: an answer must be durable before it is read.</summary>
    bool TellsOnce => false;

    AuthenticationHeaderValue Credentials(ChannelOptions channel) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{channel.ListUser}:{channel.ListPassword}")));

    Uri FirstPage(ChannelOptions channel, DateTimeOffset from, DateTimeOffset until);

    /// <summary>The messages of a page, or null when it is none.</summary>
    /// <param name="channel">Its settings.</param>
    /// <param name="body">The provider's answer.</param>
    ListPage? Read(ChannelOptions channel, byte[] body);
}

/// <summary>What a page says.</summary>
/// <param name="Messages">Those of citizens.</param>
/// <param name="Refused">Those that cannot be read.</param>
/// <param name="Next">The next page, relative or absolute; null behind the last.</param>
internal sealed record ListPage(IReadOnlyList<IncomingSms> Messages, IReadOnlyList<RefusedSms> Refused, string? Next);

/// <summary>Section <c>Recovery</c>.</summary>
public sealed record RecoveryOptions
{
    /// <summary>How often each list is asked.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How far back after a pause; Vonage answers for one day at most.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "1.00:00:00")]
    public TimeSpan LookBack { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Limit of one call.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")]
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause before the second try of a call, doubled before the third and fourth; a provider's <c>Retry-After</c> counts more.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:30")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);
}
