using System.Net.Http.Headers;
using InboundSms.Receive.Recovery;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers.Infobip;

/// <summary>
/// Infobip's <c>https://{base}.api.infobip.com/sms/1/inbox/reports</c>: the messages of two days that nobody has been told yet, each told once. Few at a time, since
/// an answer that is lost on the way is lost for good.
/// </summary>
internal sealed class InfobipList : IProviderList
{
    public ProviderType Type => ProviderType.Infobip;
    public bool TellsOnce => true;

    /// <summary>An API key where no user is set.</summary>
    public AuthenticationHeaderValue Credentials(ChannelOptions channel) => channel.ListUser.Length == 0
        ? new("App", channel.ListPassword)
        : new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{channel.ListUser}:{channel.ListPassword}")));

    public Uri FirstPage(ChannelOptions channel, DateTimeOffset from, DateTimeOffset until) => new(Page(channel));

    public ListPage? Read(ChannelOptions channel, byte[] body) => InfobipSms.Read(body, contentType: null) is Reading.Accepted page
        ? new(page.Messages, page.Refused, page.Messages.Count + page.Refused.Count > 0 ? Page(channel) : null)
        : null;

    private static string Page(ChannelOptions channel) => $"{channel.ListUrl}?limit=50";
}
