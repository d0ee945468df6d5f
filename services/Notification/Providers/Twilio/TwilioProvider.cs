using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Twilio;

/// <summary>
/// Twilio's <c>POST …/2010-04-01/Accounts/{AccountSid}/Messages.json</c>. It takes no reference of ours and has no idempotency key; our id is in the address of the
/// reports, so that one repairs an SMS whose answer was lost. Asked it can be by the sid of its answer alone.
/// </summary>
internal sealed class TwilioProvider(IHttpClientFactory clients, ChannelOptions channel) : ISmsProvider, IAskable, IPrepaid
{
    // A callback that does not get through is tried again five times; a fragment is Twilio's own business and never sent.
    private const string CallAgain = "#rc=5&rp=all";

    public async Task<SendOutcome> SendAsync(SmsToSend sms, CancellationToken stop)
    {
        using var request = Request(HttpMethod.Post, channel.SendUrl!);
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["To"] = sms.To,
            ["From"] = channel.SenderFor(sms),
            ["Body"] = sms.Text,
            ["StatusCallback"] = TwilioSignature.SignedUrl(channel.PublicUrl!, "/status", $"?id={sms.Id}").OriginalString + CallAgain,
        });
        return await clients.CallAsync(request, (status, body) => OutcomeOf(status, body, sms.HasSenderName), stop);
    }

    public async Task<IReadOnlyList<ProviderReport>> AskAsync(SilentSms sms, CancellationToken stop)
    {
        if (sms.ProviderId is not { } sid)
            return [];
        using var request = Request(HttpMethod.Get, new Uri(channel.SendUrl!, $"Messages/{sid}.json"));
        return ProviderCall.Json<Message>(await clients.AskAsync(request, stop)) is { Status: { } status } found && found.Sid == sid
            && TwilioReports.Meaning(status) is { } meaning
            ? [new(sms.Reference, $"asked {TwilioReports.Code(status, found.ErrorCode?.ToString(CultureInfo.InvariantCulture), sid)}", meaning.Told, meaning.Reason)]
            : [];
    }

    public async Task<(decimal Amount, string? Currency)?> BalanceAsync(CancellationToken stop)
    {
        using var request = Request(HttpMethod.Get, new Uri(channel.SendUrl!, "Balance.json"));
        return ProviderCall.Json<Balance>(await clients.AskAsync(request, stop)) is { Amount: { } amount } said ? (amount, said.Currency) : null;
    }

    /// <summary>
    /// What is not in this table could have been handed over. Twilio processes nothing that it answers with 4xx; the numbers are its error codes
    /// (twilio.com/docs/api/errors), of which only these are told apart, since it renames the others from time to time.
    /// </summary>
    internal static SendOutcome OutcomeOf(HttpStatusCode status, string body, bool hasSenderName)
    {
        if (status == HttpStatusCode.Created)
        {
            return ProviderCall.Json<Message>(body) is { Status: { } word } message && ReportFields.IsName(message.Sid) && TwilioReports.Meaning(word) is { } meaning
                ? new(meaning.Reason is null ? SendResult.Accepted : SendResult.Refused, word, meaning.Reason, message.Sid)
                : new(SendResult.Unknown, "201");
        }

        var error = ProviderCall.Json<Error>(body)?.Code;
        var code = error is null ? status.Code() : $"{status.Code()} {error}";
        return (status, error) switch
        {
            // Its queue for our number, or the day's limit of the account, is full: for long.
            (HttpStatusCode.BadRequest or HttpStatusCode.TooManyRequests, 21611 or 63038) => new(SendResult.NotNow, code),
            (HttpStatusCode.TooManyRequests, _) => new(SendResult.Throttled, code),
            (HttpStatusCode.BadRequest, 21610) => new(SendResult.Refused, code, "opted-out"),
            (HttpStatusCode.BadRequest or HttpStatusCode.Forbidden, 21408 or 21612) => new(SendResult.Refused, code, "not-routable"),
            // The sender, or our address: where no order has named it, a setting, which the message must survive.
            (HttpStatusCode.BadRequest, 21212 or 21603 or 21606 or 21659 or 21660) when !hasSenderName => new(SendResult.NotNow, code),
            (HttpStatusCode.BadRequest, 21609) => new(SendResult.NotNow, code),
            (HttpStatusCode.BadRequest, _) => new(SendResult.Refused, code, "refused-by-provider"),
            (HttpStatusCode.Unauthorized or HttpStatusCode.PaymentRequired or HttpStatusCode.Forbidden or HttpStatusCode.NotFound, _) => new(SendResult.NotNow, code),
            _ => new(SendResult.Unknown, code),
        };
    }

    private HttpRequestMessage Request(HttpMethod method, Uri url)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = ProviderCall.Basic(channel.SendUser, channel.SendPassword);
        return request;
    }

    private sealed record Message(string? Sid, string? Status, [property: JsonPropertyName("error_code")] int? ErrorCode);

    private sealed record Error(int? Code);

    private sealed record Balance([property: JsonPropertyName("balance")] decimal? Amount, string? Currency);
}
