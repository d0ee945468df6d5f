using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using InboundSms.Receive.Recovery;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers.Twilio;

/// <summary>Twilio's Messages resource, <c>…/2010-04-01/Accounts/{AccountSid}/Messages.json</c>: what went out stands in it too.</summary>
internal sealed class TwilioList : IProviderList
{
    // RFC 2822
    private const string Rfc2822 = "ddd, dd MMM yyyy HH:mm:ss zzz";

    public ProviderType Type => ProviderType.Twilio;

    public Uri FirstPage(ChannelOptions channel, DateTimeOffset from, DateTimeOffset until) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{channel.ListUrl}?DateSent%3E={from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}&PageSize=1000"));

    public ListPage? Read(ChannelOptions channel, byte[] body)
    {
        using var json = Fields.Json(body, contentType: null);
        if (json?.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("messages", out var all) || all.ValueKind != JsonValueKind.Array)
            return null;
        var (messages, refused) = (new List<IncomingSms>(), new List<RefusedSms>());
        foreach (var one in all.EnumerateArray().Where(one => one.Text("direction") == "inbound"))
        {
            var raw = JsonMarshal.GetRawUtf8Value(one).ToArray();
            var sms = one.Text("sid") is { } id && one.Text("account_sid") is { } account && one.Text("from") is { } from && one.Text("to") is { } to && one.Words("body") is { } text
                ? new IncomingSms(account, id, from, to, text, Time(one.Text("date_sent")), raw)
                : null;
            if ((sms is null ? "sid, account_sid, from, to or body" : Fields.Fault(sms)) is { } fault)
                refused.Add(new(fault, raw));
            else
                messages.Add(sms!);
        }

        return new(messages, refused, root.Text("next_page_uri"));
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(text, Rfc2822, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.ToUniversalTime() : null;
}
