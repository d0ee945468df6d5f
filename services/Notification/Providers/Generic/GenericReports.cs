using System.Globalization;
using System.Text;
using System.Text.Json;
using Notification.Storage;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Generic;

/// <summary>
/// The platform's own contract for providers without one: Standard Webhooks headers over
/// <c>{"type":"sms.status","timestamp":"…Z","data":{"id","status","kodeGalat"?,"terminal"}}</c>. Field names are published and stay.
/// </summary>
internal sealed class GenericReports : IReportFormat
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public ProviderType Type => ProviderType.Generic;

    public (string MediaType, string Body) Answer => ("text/plain", "");

    public ReportReading Read(ChannelOptions channel, ReportCall call, DateTimeOffset now)
    {
        var isValid = StandardWebhooks.IsValid(channel.SecretsAt(now), call.Headers[StandardWebhooks.IdHeader], call.Headers[StandardWebhooks.TimestampHeader],
            call.Headers[StandardWebhooks.SignatureHeader], call.Body, now);
        if (!isValid)
            return new ReportReading.Unauthentic();
        try
        {
            using var json = JsonDocument.Parse(call.Body, Strict);
            return Read(json.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            // InvalidOperationException: half a surrogate pair, or bytes that are no UTF-8, inside a string.
            return new ReportReading.Malformed("JSON");
        }
    }

    private static ReportReading Read(JsonElement root)
    {
        if (Text(root, "type") != "sms.status")
            return new ReportReading.Malformed("type");
        if (!DateTimeOffset.TryParse(
                Text(root, "timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return new ReportReading.Malformed("timestamp");
        if (!root.TryGetProperty("data", out var data) || Text(data, "id") is not { } id || !ReportFields.IsName(id))
            return new ReportReading.Malformed("data.id");
        var error = Text(data, "kodeGalat");
        if (error is not null && !ReportFields.IsName(error))
            return new ReportReading.Malformed("data.kodeGalat");
        if (!data.TryGetProperty("terminal", out var terminal) || terminal.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return new ReportReading.Malformed("data.terminal");
        return Text(data, "status") is { } status && Meaning(status, terminal.GetBoolean()) is { } meaning
            ? new ReportReading.Genuine([new(id, error is null ? status : $"{status} {error}", meaning.Told, meaning.Reason, at)])
            : new ReportReading.Malformed("data.status");
    }

    internal static (SmsState Told, string? Reason)? Meaning(string status, bool isTerminal)
    {
        (SmsState, string?)? meaning = status switch
        {
            "diterima" or "diproses" => (SmsState.AcceptedByProvider, null),
            "terkirim_operator" => (SmsState.AcceptedByOperator, null),
            "terkirim" => (SmsState.Delivered, null),
            "gagal" => (SmsState.Failed, "failed"),
            "kedaluwarsa" => (SmsState.Expired, "expired-at-operator"),
            "ditolak" => (SmsState.Failed, "rejected"),
            _ => null,
        };
        return meaning is (SmsState.Failed or SmsState.Expired, var reason) && !isTerminal ? (SmsState.TemporarilyFailed, reason) : meaning;
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
