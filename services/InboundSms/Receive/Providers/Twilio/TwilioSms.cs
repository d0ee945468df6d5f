using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers.Twilio;

/// <summary>
/// Twilio's incoming message webhook: a signed form. No time is delivered; a text body would be sent to the citizen, so the answer is an empty TwiML document.
/// </summary>
internal sealed class TwilioSms : IInboundProvider
{
    public ProviderType Type => ProviderType.Twilio;

    public Reading Read(ChannelOptions channel, WebhookCall call, DateTimeOffset now)
    {
        if (FormBody.Parse(call.Body) is not { } fields)
            return new Reading.Malformed("form");
        var url = TwilioSignature.SignedUrl(channel.PublicUrl!, "", call.QueryString);
        if (!TwilioSignature.IsValid(channel.SecretsAt(now), call.Headers[TwilioSignature.Header], url, fields))
            return new Reading.Unauthentic("signature");
        return fields.Value("MessageSid") is { } id && fields.Value("AccountSid") is { } account
            && fields.Value("From") is { } from && fields.Value("To") is { } to && fields.Value("Body") is { } text
            ? Fields.Checked(new(account, id, from, to, text, ProviderTime: null, call.Body))
            : new Reading.Malformed("MessageSid, AccountSid, From, To or Body");
    }

    public IResult Answer(bool isDuplicate) => TypedResults.Text("<Response/>", "text/xml");
}
