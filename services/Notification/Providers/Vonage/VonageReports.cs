using System.Text;
using System.Text.Json;
using Notification.Storage;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Vonage;

/// <summary>
/// Vonage's delivery receipts, signed, as a GET query, a form or JSON as the account is set (developer.vonage.com, "Delivery receipts"). Each part of a long SMS has its
/// own. Their time, <c>scts</c>, has whole minutes and no zone, and decides nothing.
/// </summary>
internal sealed class VonageReports : IReportFormat
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    public ProviderType Type => ProviderType.Vonage;

    public (string MediaType, string Body) Answer => ("text/plain", "");

    public ReportReading Read(ChannelOptions channel, ReportCall call, DateTimeOffset now)
    {
        // A name that comes twice would let the signature cover one value and us read the other.
        if (ParametersOf(call) is not { } fields || fields.DistinctBy(field => field.Key, StringComparer.Ordinal).Count() != fields.Count)
            return new ReportReading.Malformed("parameters");
        if (!VonageSignature.IsValid(channel.SecretsAt(now), channel.SignatureMethod!.Value, fields, now))
            return new ReportReading.Unauthentic();
        var (id, reference) = (fields.Value("messageId"), fields.Value("client-ref"));
        if (!ReportFields.IsName(id))
            return new ReportReading.Malformed("messageId");
        // What somebody else has sent from this account goes by Vonage's id, and finds nobody.
        return Report(ReportFields.IsName(reference) ? reference! : id!, id, fields.Value("status"), fields.Value("err-code")) is { } report
            ? new ReportReading.Genuine([report])
            : new ReportReading.Malformed("status or err-code");
    }

    /// <summary>The same words in a receipt and in a record of the Reports API; null where they are none of Vonage's.</summary>
    internal static ProviderReport? Report(string reference, string? messageId, string? status, string? error) =>
        status is not null && Meaning(status) is { } meaning && ReportFields.IsName(messageId) && (string.IsNullOrEmpty(error) || ReportFields.IsName(error))
            ? new(reference, error is null or "" or "0" ? $"{status} {messageId}" : $"{status} {error} {messageId}", meaning.Told, meaning.Reason) { Part = messageId }
            : null;

    internal static (SmsState Told, string? Reason)? Meaning(string status) => status switch
    {
        // "unknown" is no news: Vonage has it, and nobody has told it more.
        "submitted" or "unknown" => (SmsState.AcceptedByProvider, null),
        "accepted" or "buffered" => (SmsState.AcceptedByOperator, null),
        "delivered" => (SmsState.Delivered, null),
        "expired" => (SmsState.Expired, "expired-at-operator"),
        "failed" => (SmsState.Failed, "not-delivered"),
        "rejected" => (SmsState.Failed, "rejected"),
        "deleted" => (SmsState.Failed, "canceled"),
        _ => null,
    };

    private static IReadOnlyList<KeyValuePair<string, string>>? ParametersOf(ReportCall call)
    {
        if (call.Body.Length == 0)
            return FormBody.Parse(Encoding.UTF8.GetBytes(call.QueryString.TrimStart('?')));
        if (!call.Headers.ContentType.ToString().Contains("json", StringComparison.OrdinalIgnoreCase))
            return FormBody.Parse(call.Body);
        try
        {
            using var json = JsonDocument.Parse(call.Body, Strict);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.EnumerateObject().All(member => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                ? [.. json.RootElement.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value.ToString()))]
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            return null;
        }
    }
}
