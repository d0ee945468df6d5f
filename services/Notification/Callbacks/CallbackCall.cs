using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Notification.Reports;
using Notification.Storage;
using ServiceDefaults.Webhooks;

namespace Notification.Callbacks;

/// <summary>A callback whose try is counted and committed.</summary>
internal sealed record DueCallback(
    long Seq, Guid Id, Guid Application, int Attempt, string Url, int Generation, DateTimeOffset? OldUntil, string Kind, Guid Message, long Version, string? Reference, bool IsTest,
    SmsState State, string? Reason, bool IsContradictory, DateTimeOffset ChangedAt);

/// <summary>One try: signed as Standard Webhooks has it (<c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>).</summary>
internal sealed class CallbackCall(IHttpClientFactory clients, CallbackSecrets secrets, IOptions<CallbackOptions> options, TimeProvider clock)
{
    public const string Client = "callbacks";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    internal enum Result
    {
        Heard,
        Again,
        /// <summary>The application does not want it, now or later.</summary>
        Refused,
    }

    public async Task<(Result Result, string Answer)> TryAsync(DueCallback callback)
    {
        using var limit = new CancellationTokenSource(options.Value.CallLimit);
        using var request = RequestOf(callback);
        try
        {
            using var client = clients.CreateClient(Client);
            // What an application writes back is not read: it cannot make us keep anything.
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return (Meaning(answer.StatusCode), ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
        }
        catch (HttpRequestException fault)
        {
            return (Result.Again, fault.HttpRequestError.ToString());
        }
        catch (OperationCanceledException)
        {
            return (Result.Again, "time-out");
        }
    }

    /// <summary>A redirect is not followed, and leads nowhere tomorrow either.</summary>
    internal static Result Meaning(HttpStatusCode status) => status switch
    {
        >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => Result.Heard,
        >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => Result.Again,
        _ => Result.Refused,
    };

    private HttpRequestMessage RequestOf(DueCallback callback)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = $"{callback.Kind}.status",
            timestamp = callback.ChangedAt,
            data = new
            {
                id = callback.Message,
                callback.Reference,
                status = StatusRule.Shown(callback.State),
                acceptedByOperator = callback.State == SmsState.AcceptedByOperator,
                uncertain = callback.State == SmsState.Uncertain,
                contradictory = callback.IsContradictory,
                callback.Reason,
                callback.Version,
                test = callback.IsTest,
            },
        }, Json);
        var now = clock.GetUtcNow();
        var (id, timestamp) = (callback.Id.ToString(), now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var request = new HttpRequestMessage(HttpMethod.Post, callback.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add(StandardWebhooks.IdHeader, id);
        request.Headers.Add(StandardWebhooks.TimestampHeader, timestamp);
        request.Headers.Add(StandardWebhooks.SignatureHeader, string.Join(' ',
            secrets.At(callback.Application, callback.Generation, callback.OldUntil, now).Select(secret => StandardWebhooks.Sign(secret, id, timestamp, body))));
        return request;
    }
}
