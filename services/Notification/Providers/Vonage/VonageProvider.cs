using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using ServiceDefaults.Sms;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Vonage;

/// <summary>
/// Vonage's <c>POST https://rest.nexmo.com/sms/json</c> with our id as <c>client-ref</c>, which reports and records carry. Of a long SMS each part has its own answer,
/// all inside a 200. It has no idempotency key. What became of an SMS the Reports API tells, by the ids of its answer or, without one, by the minutes around the call.
/// </summary>
internal sealed class VonageProvider(IHttpClientFactory clients, ChannelOptions channel) : ISmsProvider, IAskable, IPrepaid
{
    private const string Accepted = "0";
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan After = TimeSpan.FromMinutes(2);

    public bool CanBeAsked => channel.ListUrl is not null;

    public async Task<SendOutcome> SendAsync(SmsToSend sms, CancellationToken stop)
    {
        using var request = Request(HttpMethod.Post, channel.SendUrl!);
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["from"] = channel.SenderFor(sms).TrimStart('+'),
            ["to"] = sms.To.TrimStart('+'),
            ["text"] = sms.Text,
            ["type"] = SmsText.Measure(sms.Text).IsGsm ? "text" : "unicode",
            ["client-ref"] = sms.Id.ToString(),
        };
        if (channel.StatusUrl is { } reports)
            form["callback"] = reports.AbsoluteUri;
        request.Content = new FormUrlEncodedContent(form);
        return await clients.CallAsync(request, (status, body) => OutcomeOf(status, body, sms.HasSenderName), stop);
    }

    public async Task<IReadOnlyList<ProviderReport>> AskAsync(SilentSms sms, CancellationToken stop)
    {
        var which = sms.ProviderId is { } ids ? $"id={Uri.EscapeDataString(ids)}" : $"date_start={Time(sms.IntentAt - Before)}&date_end={Time(sms.IntentAt + After)}";
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"{channel.ListUrl}?account_id={Uri.EscapeDataString(channel.ListUser)}&product=SMS&direction=outbound&{which}"));
        request.Headers.Authorization = ProviderCall.Basic(channel.ListUser, channel.ListPassword);
        return [.. (ProviderCall.Json<Records>(await clients.AskAsync(request, stop))?.Of ?? []).OfType<Record>()
            .Where(record => record.ClientRef == sms.Reference)
            .Select(record => VonageReports.Report(sms.Reference, record.MessageId, record.Status, record.ErrorCode) is { } report ? report with { Code = $"asked {report.Code}" } : null)
            .OfType<ProviderReport>()];
    }

    public async Task<(decimal Amount, string? Currency)?> BalanceAsync(CancellationToken stop)
    {
        using var request = Request(HttpMethod.Get, new Uri(channel.SendUrl!, "/account/get-balance"));
        return ProviderCall.Json<Balance>(await clients.AskAsync(request, stop)) is { Value: { } amount } ? (amount, "EUR") : null;
    }

    /// <summary>
    /// What is not in this table could have been handed over (developer.vonage.com, "API Errors, SMS API"). So could a part beside one that was not taken: then nobody
    /// can tell what the citizen will see, and the whole is unknown.
    /// </summary>
    internal static SendOutcome OutcomeOf(HttpStatusCode status, string body, bool hasSenderName)
    {
        if (status == HttpStatusCode.OK)
        {
            if (ProviderCall.Json<Answers>(body)?.Of is not { Count: > 0 } parts || parts.Any(part => part is not { Status.Length: > 0 }))
                return new(SendResult.Unknown, "200");
            var said = parts.Select(part => part!.Status!).Distinct(StringComparer.Ordinal).ToList();
            return said switch
            {
                [Accepted] => new(SendResult.Accepted, Accepted, ProviderId: IdsOf(parts)),
                [var one] => Refusal(one, hasSenderName),
                _ => new(SendResult.Unknown, "parts-differ"),
            };
        }

        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound => new(SendResult.NotNow, status.Code()),
            HttpStatusCode.TooManyRequests => new(SendResult.Throttled, status.Code()),
            _ => new(SendResult.Unknown, status.Code()),
        };
    }

    private static SendOutcome Refusal(string status, bool hasSenderName) => status switch
    {
        // Faster than the account's limit; too many connections.
        "1" or "10" => new(SendResult.Throttled, status),
        // Credentials, account, credit, signature, our address, a trial's list of numbers: settings and money, which the message must survive.
        "4" or "8" or "9" or "11" or "14" or "23" or "29" or "32" => new(SendResult.NotNow, status),
        "15" when !hasSenderName => new(SendResult.NotNow, status),
        // No such prefix at Vonage; another provider may have it.
        "6" => new(SendResult.Refused, status, "not-routable"),
        "2" or "3" or "7" or "12" or "15" or "22" or "33" => new(SendResult.Refused, status, "refused-by-provider"),
        // 5, an internal error while it worked on the message, and what is not documented.
        _ => new(SendResult.Unknown, ReportFields.IsName(status) ? status : "200"),
    };

    private static string? IdsOf(IReadOnlyList<Answer?> parts) =>
        parts.All(part => ReportFields.IsName(part?.MessageId)) ? string.Join(',', parts.Select(part => part!.MessageId)) : null;

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private HttpRequestMessage Request(HttpMethod method, Uri url)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = ProviderCall.Basic(channel.SendUser, channel.SendPassword);
        return request;
    }

    private sealed record Answers([property: JsonPropertyName("messages")] IReadOnlyList<Answer?>? Of);

    private sealed record Answer(string? Status, [property: JsonPropertyName("message-id")] string? MessageId);

    private sealed record Records([property: JsonPropertyName("records")] IReadOnlyList<Record?>? Of);

    private sealed record Record(
        string? Status, [property: JsonPropertyName("message_id")] string? MessageId, [property: JsonPropertyName("client_ref")] string? ClientRef,
        [property: JsonPropertyName("error_code")] string? ErrorCode);

    private sealed record Balance(decimal? Value);
}
