using System.Net;
using System.Text.Json.Serialization;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Infobip;

/// <summary>
/// Infobip's <c>POST https://{base}.api.infobip.com/sms/3/messages</c> with our id as its <c>messageId</c>, and <c>GET /sms/3/logs?messageId=</c> for what has become of it,
/// which it knows for 48 hours. It has no idempotency key: the same id twice is two SMS.
/// </summary>
internal sealed class InfobipProvider(IHttpClientFactory clients, ChannelOptions channel) : ISmsProvider, IAskable, IPrepaid
{
    private const int NotEnoughCredits = 12;

    public async Task<SendOutcome> SendAsync(SmsToSend sms, CancellationToken stop)
    {
        using var request = Request(HttpMethod.Post, channel.SendUrl!);
        request.Content = JsonContent.Create(new
        {
            messages = new[]
            {
                new
                {
                    sender = channel.SenderFor(sms).TrimStart('+'),
                    destinations = new[] { new { to = sms.To.TrimStart('+'), messageId = sms.Id.ToString() } },
                    content = new { text = sms.Text },
                },
            },
        });
        return await clients.CallAsync(request, OutcomeOf, stop);
    }

    public async Task<IReadOnlyList<ProviderReport>> AskAsync(SilentSms sms, CancellationToken stop)
    {
        using var request = Request(HttpMethod.Get, new Uri(channel.SendUrl!, $"/sms/3/logs?messageId={Uri.EscapeDataString(sms.Reference)}"));
        return await clients.AskAsync(request, stop) is { } body && InfobipReports.Read(body) is [{ } found] && found.Reference == sms.Reference
            ? [found with { Code = $"asked {found.Code}" }]
            : [];
    }

    public async Task<(decimal Amount, string? Currency)?> BalanceAsync(CancellationToken stop)
    {
        using var request = Request(HttpMethod.Get, new Uri(channel.SendUrl!, "/account/1/balance"));
        return BalanceOf(await clients.AskAsync(request, stop));
    }

    internal static (decimal Amount, string? Currency)? BalanceOf(string? body) =>
        ProviderCall.Json<Balance>(body) is { Amount: { } amount } said ? (amount, said.Currency) : null;

    private sealed record Balance([property: JsonPropertyName("balance")] decimal? Amount, string? Currency);

    /// <summary>What is not in this table could have been handed over.</summary>
    internal static SendOutcome OutcomeOf(HttpStatusCode status, string body) => status switch
    {
        HttpStatusCode.OK => InfobipReports.StatusOf(body, "messages") is [{ } answer] ? answer.Group switch
        {
            1 or 3 => new(SendResult.Accepted, answer.Code),
            // Ours to pay, which the message must survive.
            5 when answer.Id == NotEnoughCredits => new(SendResult.NotNow, answer.Code),
            2 or 5 => new(SendResult.Refused, answer.Code, "refused-by-provider"),
            _ => new(SendResult.Unknown, answer.Code),
        } : new(SendResult.Unknown, "200"),
        HttpStatusCode.BadRequest => new(SendResult.Refused, "400", "refused-by-provider"),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound => new(SendResult.NotNow, status.Code()),
        HttpStatusCode.TooManyRequests => new(SendResult.Throttled, "429"),
        _ => new(SendResult.Unknown, status.Code()),
    };

    /// <summary>An API key where no user is set.</summary>
    private HttpRequestMessage Request(HttpMethod method, Uri url)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Accept.Add(new("application/json"));
        request.Headers.Authorization = channel.SendUser.Length == 0
            ? new("App", channel.SendPassword)
            : ProviderCall.Basic(channel.SendUser, channel.SendPassword);
        return request;
    }
}
