using Notification.Storage;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Twilio;

/// <summary>
/// Twilio's StatusCallback: a signed form. Its time (<c>RawDlrDoneDate</c>) has an unknown and varying zone and decides nothing. The reference is ours, out of the
/// address that <see cref="TwilioProvider"/> has given and the signature covers; a call to an address that was given elsewhere goes by Twilio's own.
/// </summary>
internal sealed class TwilioReports : IReportFormat
{
    public ProviderType Type => ProviderType.Twilio;

    public (string MediaType, string Body) Answer => ("text/xml", "<Response/>");

    public ReportReading Read(ChannelOptions channel, ReportCall call, DateTimeOffset now)
    {
        if (FormBody.Parse(call.Body) is not { } form)
            return new ReportReading.Malformed("form");
        if (!TwilioSignature.IsValid(channel.SecretsAt(now), call.Headers[TwilioSignature.Header], TwilioSignature.SignedUrl(channel.PublicUrl!, "/status", call.QueryString), form))
            return new ReportReading.Unauthentic();
        var (sid, error) = (form.Value("MessageSid"), form.Value("ErrorCode"));
        if (!ReportFields.IsName(sid))
            return new ReportReading.Malformed("MessageSid");
        if (!string.IsNullOrEmpty(error) && !ReportFields.IsName(error))
            return new ReportReading.Malformed("ErrorCode");
        var reference = call.Query["id"] is [{ } own] && ReportFields.IsName(own) ? own : sid!;
        return form.Value("MessageStatus") is { } status && Meaning(status) is { } meaning
            ? new ReportReading.Genuine([new(reference, Code(status, error, sid!), meaning.Told, meaning.Reason)])
            : new ReportReading.Malformed("MessageStatus");
    }

    /// <summary>With the sid: without a time nothing else tells what a second handover came to from a repeat of what the first did.</summary>
    internal static string Code(string status, string? error, string sid) => string.IsNullOrEmpty(error) ? $"{status} {sid}" : $"{status} {error} {sid}";

    /// <summary>twilio.com/docs/messaging/api/message-resource, "Message status values".</summary>
    internal static (SmsState Told, string? Reason)? Meaning(string status) => status switch
    {
        "accepted" or "scheduled" or "queued" or "sending" => (SmsState.AcceptedByProvider, null),
        "sent" => (SmsState.AcceptedByOperator, null),
        "delivered" or "read" => (SmsState.Delivered, null),
        "undelivered" => (SmsState.Failed, "not-delivered"),
        "failed" => (SmsState.Failed, "failed"),
        "canceled" => (SmsState.Failed, "canceled"),
        "partially_delivered" => (SmsState.Failed, "partly-delivered"),
        _ => null,
    };
}
