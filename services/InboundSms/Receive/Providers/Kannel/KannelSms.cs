using System.Globalization;
using System.Net;
using System.Text;
using InboundSms.Receive.UserData;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers.Kannel;

/// <summary>
/// Kannel's <c>post-url</c> with <c>send-sender=true</c>: the text is the body, numbers are headers, our choice of query is <c>?id=%I&amp;ts=%T&amp;c=%c</c>. Success is
/// 200 or 202 and nothing else, and a body would be sent to the citizen (Kannel user guide, "SMS-service").
/// </summary>
internal sealed class KannelSms : IInboundProvider
{
    public ProviderType Type => ProviderType.Kannel;

    public Reading Read(ChannelOptions channel, WebhookCall call, DateTimeOffset now)
    {
        if (!BasicCredentials.IsValid(call.Headers.Authorization, channel.User, channel.SecretsAt(now)))
            return new Reading.Unauthentic("credentials");
        if (call.Query["id"] is not [{ Length: > 0 } id])
            return new Reading.Malformed("id");
        if (call.Headers["X-Kannel-To"] is not [{ } recipient])
            return new Reading.Malformed("X-Kannel-To");
        if (Fields.Text(call.Body, Fields.CharsetOf(call.ContentType)) is not { } text)
            return new Reading.Malformed("text encoding");
        // The header is missing when the network told no sender: the message is kept, nobody can be answered.
        var sender = call.Headers["X-Kannel-From"] is [{ } from] ? from : "";
        return Fields.Checked(new("", id, sender, recipient, text, Time(call.Query["ts"]), call.Body) { Part = Part(call.Headers["X-Kannel-UDH"]) });
    }

    public IResult Answer(bool isDuplicate) => TypedResults.Text("", "text/plain");

    /// <summary>Kannel joins long messages itself; what it could not join within half an hour comes in parts, with the header URL-encoded.</summary>
    private static SmsPart? Part(string? header) => header is { Length: > 0 } ? UserDataHeader.PartOf(WebUtility.UrlDecodeToBytes(Encoding.ASCII.GetBytes(header), 0, header.Length)) : null;

    private static DateTimeOffset? Time(string? unixSeconds) =>
        long.TryParse(unixSeconds, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
