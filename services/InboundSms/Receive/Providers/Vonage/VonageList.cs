using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using InboundSms.Receive.Recovery;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers.Vonage;

/// <summary>Vonage's Reports API, <c>https://api.nexmo.com/v2/reports/records</c>, by its <c>next</c> links while it says TRUNCATED. It tells no parts of long messages.</summary>
internal sealed class VonageList : IProviderList
{
    public ProviderType Type => ProviderType.Vonage;

    public Uri FirstPage(ChannelOptions channel, DateTimeOffset from, DateTimeOffset until) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{channel.ListUrl}?account_id={Uri.EscapeDataString(channel.ListUser)}&product=SMS&direction=inbound&include_message=true&date_start={from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}&date_end={until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));

    public ListPage? Read(ChannelOptions channel, byte[] body)
    {
        using var json = Fields.Json(body, contentType: null);
        if (json?.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("records", out var all) || all.ValueKind != JsonValueKind.Array)
            return null;
        var (messages, refused) = (new List<IncomingSms>(), new List<RefusedSms>());
        foreach (var one in all.EnumerateArray().Where(one => one.Text("direction") == "inbound"))
        {
            var raw = JsonMarshal.GetRawUtf8Value(one).ToArray();
            var sms = one.Text("message_id") is { } id && one.Text("from") is { } from && one.Text("to") is { } to && one.Words("message_body") is { } text
                ? new IncomingSms(one.Text("account_id") ?? channel.ListUser, id, from, to, text, Fields.IsoTime(one.Text("date_received")), raw)
                : null;
            if ((sms is null ? "message_id, from, to or message_body" : Fields.Fault(sms)) is { } fault)
                refused.Add(new(fault, raw));
            else
                messages.Add(sms!);
        }

        var next = root.Text("request_status") == "TRUNCATED" && root.TryGetProperty("_links", out var links)
            && links.ValueKind == JsonValueKind.Object && links.TryGetProperty("next", out var link) ? link.Text("href") : null;
        return new(messages, refused, next);
    }
}
