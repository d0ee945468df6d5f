using System.Net;
using System.Text;
using ServiceDefaults.Sms;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Kannel;

/// <summary>
/// Kannel's <c>sendsms</c> by POST (user guide, "Using the HTTP interface to send SMS messages"): number and credentials travel in headers, so that neither
/// a URL nor a trace holds them. Its answer has no id: ours is in the address of the report.
/// </summary>
internal sealed class KannelProvider(IHttpClientFactory clients, ChannelOptions channel) : ISmsProvider
{
    private const string Ucs2 = "2";

    // Everything but "intermediate": 1 delivered, 2 not delivered, 4 buffered, 8 submitted, 16 rejected.
    private const string Reports = "31";

    public async Task<SendOutcome> SendAsync(SmsToSend sms, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, channel.SendUrl)
        {
            Content = new StringContent(sms.Text, Encoding.UTF8, "text/plain"),
        };
        request.Headers.Add("X-Kannel-Username", channel.SendUser);
        request.Headers.Add("X-Kannel-Password", channel.SendPassword);
        request.Headers.Add("X-Kannel-From", channel.SenderFor(sms));
        request.Headers.Add("X-Kannel-To", sms.To);
        request.Headers.Add("X-Kannel-DLR-Mask", Reports);
        request.Headers.Add("X-Kannel-DLR-Url", ReportUrl(sms.Id));
        if (!SmsText.Measure(sms.Text).IsGsm)
            request.Headers.Add("X-Kannel-Coding", Ucs2);

        return await clients.CallAsync(request, OutcomeOf, stop);
    }

    /// <summary>What gw/smsbox.c of 1.4.5 answers; whatever is not in this table could have been handed over.</summary>
    internal static SendOutcome OutcomeOf(HttpStatusCode status, string body) => (status, body) switch
    {
        (HttpStatusCode.Accepted, ['0', ':', ..]) => new(SendResult.Accepted, "0"),
        (HttpStatusCode.Accepted, ['3', ':', ..]) => new(SendResult.Accepted, "3"),
        (HttpStatusCode.BadRequest, _) => new(SendResult.Refused, "400", "refused-by-provider"),
        (HttpStatusCode.Forbidden, _) when body.StartsWith("Not routable", StringComparison.Ordinal) => new(SendResult.Refused, "403", "not-routable"),
        // Our credentials or our address: an operator's mistake, which the message must survive.
        (HttpStatusCode.Forbidden, _) when body.StartsWith("Authorization failed", StringComparison.Ordinal) => new(SendResult.NotNow, "403"),
        (HttpStatusCode.NotFound, _) => new(SendResult.NotNow, "404"),
        (HttpStatusCode.TooManyRequests, _) => new(SendResult.Throttled, "429"),
        (HttpStatusCode.ServiceUnavailable, _) => new(SendResult.NotNow, "503"),
        _ => new(SendResult.Unknown, status.Code()),
    };

    /// <summary>Kannel fills in %d and %T. The credentials are for Kannel alone: this address goes into no log and no trace.</summary>
    private string ReportUrl(Guid id) =>
        $"{channel.StatusUrl!.Scheme}://{channel.User}:{channel.Secret}@{channel.StatusUrl.Authority}{channel.StatusUrl.AbsolutePath}?id={id}&status=%d&ts=%T";
}
